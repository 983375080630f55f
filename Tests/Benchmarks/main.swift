import Foundation
import Formats
import Traffic
import Scanning
for (file, name) in [("traefik-json.jsonl","traefik-json"),("caddy-json.jsonl","caddy-json"),("envoy-json.jsonl","envoy-json"),("kong-file-log.jsonl","kong-json"),("nginx-json.log","json-lines"),("nginx-logfmt.log","logfmt"),("gcp-lb.jsonl","gcp-lb")] {
  var data = [UInt8](try! Data(contentsOf: URL(fileURLWithPath: "/work/shared/samples/formats/\(file)")))
  if data.last != 10 { data.append(10) }
  var block: [UInt8] = []
  let lines = data.filter { $0 == 10 }.count
  var n = 0
  while block.count + data.count < 20 << 20, n + lines < 65536 { block += data; n += lines }
  let sample = data.split(separator: 10).prefix(100).map(Array.init)
  let flat = sample.flatMap { $0 }
  let format = flat.withUnsafeBufferPointer { all -> (any LogFormat)? in
    var o = 0
    let p = sample.map { l in defer { o += l.count }; return UnsafeBufferPointer(rebasing: all[o..<(o+l.count)]) }
    return JSONFormats.candidates(for: p).first { $0.name == name }
  }!
  var batch = RequestBatch()
  var best = 1e9
  for _ in 0..<7 {
    batch.reset()
    let t = DispatchTime.now().uptimeNanoseconds
    block.withUnsafeBufferPointer { _ = format.parse($0, from: LinePosition(), into: &batch) }
    best = min(best, Double(DispatchTime.now().uptimeNanoseconds - t) / 1e9)
  }
  print(file, batch.count, batch.rejected.count, "MB/s", Int(Double(block.count)/1e6/best), "ns/line", Int(best*1e9/Double(n)), "bytes/line", block.count/n)
}
for file in ["wrap-cri.log","wrap-syslog-nginx.log","wrap-docker-json-file.jsonl"] {
  let data = [UInt8](try! Data(contentsOf: URL(fileURLWithPath: "/work/shared/samples/formats/\(file)")))
  var block: [UInt8] = []
  while block.count + data.count < 20 << 20 { block += data }
  let w = block.prefix(20000).withUnsafeBufferPointer { Wrappers.detect(in: $0) }.first!
  var best = 1e9
  var inner = UnwrappedBlock()
  for _ in 0..<5 {
    inner.bytes.removeAll(keepingCapacity: true)
    inner.outerLines.removeAll(keepingCapacity: true)
    let t = DispatchTime.now().uptimeNanoseconds
    block.withUnsafeBufferPointer { w.unwrap($0, into: &inner) }
    best = min(best, Double(DispatchTime.now().uptimeNanoseconds - t) / 1e9)
  }
  print(file, w.name, "MB/s", Int(Double(block.count)/1e6/best))
}
