import Recorder

@main
enum Main {
    static func main() {
        RecorderCommand.main()
    }
}
