internal import Traffic

extension SegmentReader {
  /// The exact paths of a segment, by stored row index. The plan decodes `path`.
  mutating func paths(of entry: SegmentEntry) throws(StoreError) -> SegmentPaths? {
    begin(entry)
    guard let slot = plan.columns.firstIndex(of: .path), segment.columns[slot] != nil else { return nil }
    let rows = segment.rows
    let templates = try templates(slot)
    let values = UnsafeBufferPointer<Int64>(start: try values(slot), count: rows)
    let variables = try variablesBlob()
    let result: Result<SegmentPaths, CorruptSegment>
    do throws(CorruptSegment) {
      result = .success(try Self.paths(variables, values, templates))
    } catch {
      result = .failure(error)
    }
    switch result {
    case .success(let paths): return paths
    case .failure(let error): throw damaged("path variables: \(error.problem)")
    }
  }

  private static func paths(
    _ variables: (bytes: [UInt8], checksum: UInt64)?, _ values: UnsafeBufferPointer<Int64>,
    _ templates: SegmentDictionary
  ) throws(CorruptSegment) -> SegmentPaths {
    guard let variables else { return try SegmentPaths(variables: nil, rows: values, templates: templates) }
    let result: Result<SegmentPaths, CorruptSegment> = variables.bytes.withUnsafeBytes { blob in
      do throws(CorruptSegment) {
        return .success(
          try SegmentPaths(variables: (blob: blob, checksum: variables.checksum), rows: values, templates: templates))
      } catch { return .failure(error) }
    }
    return try result.get()
  }

  private mutating func templates(_ slot: Int) throws(StoreError) -> SegmentDictionary {
    let texts = try SymbolReading.texts(dictionary(slot), connection)
    var known: [[UInt8]] = []
    for text in texts {
      guard let text else { throw damaged("a template that is not in the symbol table") }
      known.append(text)
    }
    return SegmentDictionary(column: .path, texts: known)
  }

  private func variablesBlob() throws(StoreError) -> (bytes: [UInt8], checksum: UInt64)? {
    var rows = try connection.prepare(
      """
      SELECT c.checksum, d.data FROM segment_column c JOIN segment_data d ON d.id = ?3
      WHERE c."column" = ?1 AND c.segment = ?2
      """)
    rows.bind(1, Int64(SegmentData.pathVariables))
    rows.bind(2, segment.id)
    rows.bind(3, SegmentData.key(segment: segment.id, column: SegmentData.pathVariables))
    guard try rows.step() else { return nil }
    return (rows.bytes(1), rows.bits(0))
  }
}
