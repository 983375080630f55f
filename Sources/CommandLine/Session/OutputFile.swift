import Glibc

/// A file given with `-o`: it appears whole under its name, or not at all.
struct OutputFile: ~Copyable {
  let path: String
  private let partial: String
  let sink: DescriptorSink
  private var isFinished = false

  init(path: String) throws(OutputError) {
    self.path = path
    partial = path + ".partial"
    // Safe, here and below: the C library reads the path during the call only.
    let descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: systemMessage(errno)) }
    sink = DescriptorSink(descriptor: descriptor, path: path)
  }

  mutating func finish() throws(OutputError) {
    guard fsync(sink.descriptor) == 0 || errno == EINVAL, unsafe rename(partial, path) == 0 else {
      throw .cannotWrite(path: path, reason: systemMessage(errno))
    }
    isFinished = true
  }

  deinit {
    close(sink.descriptor)
    if !isFinished { unsafe unlink(partial) }
  }
}
