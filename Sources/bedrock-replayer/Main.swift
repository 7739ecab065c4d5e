// The executable: everything is in the command.

import Replayer

@main
enum Main {
    static func main() {
        ReplayerCommand.main()
    }
}
