import Gateways
import Testing

@Suite("Declared routes") struct RouteTableTests {
  func label(_ table: RouteTable, _ template: String) -> String? { table.rule(forTemplate: template)?.label }

  @Test("OpenAPI: a literal beats a parameter, the server's path comes first") func openAPI() throws {
    let table = try RouteTable(
      text: """
        {"openapi":"3.0.0","servers":[{"url":"https://api.example.test/v1/"}],
         "paths":{"/users/{userId}":{},"/users/me":{},"/files/{name}.json":{},"/a/{x}/{y}":{}}}
        """, path: "api.json")
    #expect(label(table, "/v1/users/{int}?full={text}") == "/v1/users/{userId}")
    #expect(label(table, "/v1/users/me") == "/v1/users/me")
    #expect(label(table, "/v1/files/{id}.json") == "/v1/files/{name}.json")
    #expect(label(table, "/v1/a/{int}/{uuid}") == "/v1/a/{x}/{y}")
    #expect(label(table, "/users/{int}") == nil)
  }

  @Test("nginx: exact, then ^~, then regular expressions in order, then the longest prefix") func nginx() throws {
    let table = try RouteTable(
      text: """
        server {
          location / { proxy_pass http://a; }
          location = /health { return 200; }
          location ^~ /static/ { }
          location /api/ { }
          location /api/v2/ { }
          location ~ ^/api/.*/export$ { }
          location ~* \\.PNG$ { }
          location @fallback { }
        }
        """, path: "nginx.conf")
    #expect(label(table, "/health") == "= /health")
    #expect(label(table, "/static/{id}.png") == "^~ /static/")
    #expect(label(table, "/api/v2/users/{int}") == "/api/v2/")
    #expect(label(table, "/api/v2/{int}/export") == "~ ^/api/.*/export$")
    #expect(label(table, "/img/{id}.png") == "~* \\.PNG$")
    #expect(label(table, "/other") == "/")
  }

  @Test("a list names its bad line") func list() throws {
    let table = try RouteTable(text: "# mine\nGET /users/{id}\n/assets/*\n", path: "routes.txt")
    #expect(label(table, "/users/{int}") == "/users/{id}")
    #expect(label(table, "/assets/js/{hash}") == "/assets/*")
    let error = #expect(throws: RouteFileError.self) { try RouteTable(text: "/a\nusers\n", path: "r") }
    #expect(error?.line == 2)
  }

  @Test("broken files say what is wrong")
  func broken() {
    #expect(throws: RouteFileError.self) { try RouteTable(text: "{\"a\":", path: "x") }
    #expect(throws: RouteFileError.self) { try RouteTable(text: "{\"a\":1}", path: "x") }
    #expect(throws: RouteFileError.self) { try RouteTable(text: "", path: "x") }
    #expect(throws: RouteFileError.self) { try RouteTable(text: "location ~ ([ { }", path: "x") }
  }
}
