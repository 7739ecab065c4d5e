import Analyzer

@main
enum Main {
    static func main() {
        AnalyzerCommand.main()
    }
}
