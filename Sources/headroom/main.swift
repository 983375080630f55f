import CommandLine

Program.handleSignals()
await Program.main()
