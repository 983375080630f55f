/// The tables of a store and how older files become newer ones.
///
///     symbol          every distinct text once; columns hold its number
///     source          the import ledger, one row per imported content
///     source_alias    other names the same content was seen under
///     segment         up to 64 Ki rows of one source, with their span of arrivals
///     segment_column  what a column of a segment holds without reading it: encoding, zone map, checksums
///     segment_data    the bytes, by number segment × 256 + column, so that one column is one look-up
///     rejection       lines that gave no request, counted by reason
///     rejected_line   the first of them with their text
///     template_route  which route a path template belongs to
///     rollup          what stays of rows that `retain` dropped
///     meta            single values by name
enum Schema {
  /// "HdRm": says that a SQLite file is a Headroom store.
  static let applicationID: Int64 = 0x4864_526D
  static let pageSize = 16_384

  /// Each takes a store from version `index` to `index + 1`. Never edited after a release; only appended to.
  static let migrations: [String] = [version1]

  static var version: Int { migrations.count }

  private static let version1 = """
    CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
    CREATE TABLE symbol(id INTEGER PRIMARY KEY, hash INTEGER NOT NULL, text BLOB NOT NULL);
    CREATE INDEX symbol_by_hash ON symbol(hash);
    CREATE TABLE source(
      id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL, node TEXT, format TEXT NOT NULL, basis INTEGER NOT NULL,
      resolution INTEGER NOT NULL, version TEXT NOT NULL, imported_at INTEGER NOT NULL,
      bytes INTEGER NOT NULL DEFAULT 0, content_high INTEGER NOT NULL DEFAULT 0, content_low INTEGER NOT NULL DEFAULT 0,
      marks BLOB NOT NULL DEFAULT x'',
      lines INTEGER NOT NULL DEFAULT 0, requests INTEGER NOT NULL DEFAULT 0, blank INTEGER NOT NULL DEFAULT 0,
      rejected INTEGER NOT NULL DEFAULT 0, first_arrival INTEGER, last_arrival INTEGER,
      complete INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE source_alias(source INTEGER NOT NULL, path TEXT NOT NULL, PRIMARY KEY(source, path)) WITHOUT ROWID;
    CREATE TABLE segment(
      id INTEGER PRIMARY KEY AUTOINCREMENT, source INTEGER NOT NULL, sequence INTEGER NOT NULL, rows INTEGER NOT NULL,
      first_arrival INTEGER NOT NULL, last_arrival INTEGER NOT NULL, is_tail INTEGER NOT NULL,
      UNIQUE(source, sequence));
    CREATE TABLE segment_column(
      "column" INTEGER NOT NULL, segment INTEGER NOT NULL, encoding INTEGER NOT NULL, reference INTEGER,
      minimum INTEGER NOT NULL, maximum INTEGER NOT NULL, absent INTEGER NOT NULL, bytes INTEGER NOT NULL,
      checksum INTEGER NOT NULL, symbols_checksum INTEGER NOT NULL,
      PRIMARY KEY("column", segment)) WITHOUT ROWID;
    CREATE TABLE segment_data(id INTEGER PRIMARY KEY, symbols BLOB NOT NULL, data BLOB NOT NULL);
    CREATE TABLE rejection(
      source INTEGER NOT NULL, reason INTEGER NOT NULL, is_tail INTEGER NOT NULL, lines INTEGER NOT NULL,
      PRIMARY KEY(source, reason, is_tail)) WITHOUT ROWID;
    CREATE TABLE rejected_line(
      source INTEGER NOT NULL, reason INTEGER NOT NULL, line INTEGER NOT NULL, byte_offset INTEGER NOT NULL,
      field INTEGER, position INTEGER NOT NULL, is_tail INTEGER NOT NULL, text BLOB NOT NULL,
      PRIMARY KEY(source, reason, line)) WITHOUT ROWID;
    CREATE TABLE template_route(template INTEGER PRIMARY KEY, route INTEGER NOT NULL, reason TEXT NOT NULL);
    CREATE TABLE rollup(
      source INTEGER NOT NULL, start INTEGER NOT NULL, grain INTEGER NOT NULL,
      template INTEGER NOT NULL, route_name INTEGER NOT NULL, method INTEGER NOT NULL, outcome INTEGER NOT NULL,
      status_class INTEGER NOT NULL, cache INTEGER NOT NULL,
      requests INTEGER NOT NULL, bytes_in INTEGER NOT NULL, bytes_in_count INTEGER NOT NULL,
      bytes_out INTEGER NOT NULL, bytes_out_count INTEGER NOT NULL,
      upstream INTEGER NOT NULL, upstream_count INTEGER NOT NULL,
      checksum INTEGER NOT NULL, sketch BLOB NOT NULL,
      PRIMARY KEY(source, start, grain, template, route_name, method, outcome, status_class, cache)) WITHOUT ROWID;
    """
}
