extension BrokenConfiguration {
  /// Proxies that are configured in YAML, TOML and JSON.
  static let proxies: [BrokenConfiguration] = [
    BrokenConfiguration(
      "envoy.yaml", line: 7, ["there is no field of token_bucket 'max_token'", "did you mean 'max_tokens'?"],
      #"""
      http_filters:
      - name: envoy.filters.http.local_ratelimit
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
          stat_prefix: edge
          token_bucket:
            max_token: 2
            fill_interval: 1s
      """#),
    BrokenConfiguration(
      "envoy.yaml", line: 6, ["'-1' is no value of max_tokens", "a whole number, at least 0"],
      #"""
      http_filters:
      - name: envoy.filters.http.local_ratelimit
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
          stat_prefix: edge
          token_bucket: {max_tokens: -1, fill_interval: 1s}
      """#),
    BrokenConfiguration(
      "envoy.yaml", line: 6, ["'0.01s' is no value of fill_interval", "at least 0.05s"],
      #"""
      http_filters:
      - name: envoy.filters.http.local_ratelimit
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit
          stat_prefix: edge
          token_bucket: {max_tokens: 4, fill_interval: 0.01s}
      """#),
    BrokenConfiguration(
      "envoy.yaml", line: 3, ["a tab"],
      #"""
      http_filters:
      - name: envoy.filters.http.local_ratelimit
      \#ttyped_config: {}
      """#),
    BrokenConfiguration(
      "envoy.yaml", line: 5, ["'stat_prefix'"],
      #"""
      http_filters:
      - name: envoy.filters.http.local_ratelimit
        typed_config:
          stat_prefix: edge
          stat_prefix: edge2
      """#),
    BrokenConfiguration(
      "envoy.json", line: 5, ["there is no field of token_bucket 'max_token'", "did you mean 'max_tokens'?"],
      #"""
      {"http_filters": [{"name": "envoy.filters.http.local_ratelimit", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
        "stat_prefix": "edge",
        "token_bucket": {
          "max_token": 2, "fill_interval": "1s"}}}]}
      """#),
    BrokenConfiguration(
      "envoy.json", line: 5, ["'ten' is no value of max_tokens", "a whole number"],
      #"""
      {"http_filters": [{"name": "envoy.filters.http.local_ratelimit", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
        "stat_prefix": "edge",
        "token_bucket": {"fill_interval": "1s",
          "max_tokens": "ten"}}}]}
      """#),
    BrokenConfiguration(
      "envoy.json", line: 3, ["expected"],
      #"""
      {"http_filters": [{"name": "envoy.filters.http.local_ratelimit", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit",
        "stat_prefix": "edge}}]}
      """#),
    BrokenConfiguration(
      "ratelimit.yaml", line: 5,
      ["there is no field of rate_limit 'request_per_unit'", "did you mean 'requests_per_unit'?"],
      #"""
      domain: shop
      descriptors:
      - key: remote_address
        rate_limit:
          request_per_unit: 5
          unit: second
      """#),
    BrokenConfiguration(
      "ratelimit.yaml", line: 5, ["'minutes' is no value of unit", "did you mean 'minute'?"],
      #"""
      domain: shop
      descriptors:
      - key: remote_address
        rate_limit:
          unit: minutes
          requests_per_unit: 5
      """#),
    BrokenConfiguration(
      "ratelimit.yaml", line: 6, ["'-5' is no value of requests_per_unit"],
      #"""
      domain: shop
      descriptors:
      - key: remote_address
        rate_limit:
          unit: second
          requests_per_unit: -5
      """#),
    BrokenConfiguration(
      "ratelimit.yaml", line: 3, ["a tab"],
      #"""
      domain: shop
      descriptors:
      \#t- key: remote_address
      """#),
    BrokenConfiguration(
      "ratelimit.yaml", line: 5, ["descriptor 'path_/a' is there already, in line 3"],
      #"""
      domain: shop
      descriptors:
      - {key: path, value: /a}
      # again
      - {key: path, value: /a}
      """#),
    BrokenConfiguration(
      "kong.yaml", line: 5, ["there is no field of config 'minutes'", "did you mean 'minute'?"],
      #"""
      _format_version: "3.0"
      plugins:
      - name: rate-limiting
        config:
          minutes: 5
      """#),
    BrokenConfiguration(
      "kong.yaml", line: 5, ["'0' is no value of minute", "a number above 0"],
      #"""
      _format_version: "3.0"
      plugins:
      - name: rate-limiting
        config:
          minute: 0
      """#),
    BrokenConfiguration(
      "kong.yaml", line: 3, ["there is no plugin 'rate-limitting'", "did you mean 'rate-limiting'?"],
      #"""
      _format_version: "3.0"
      plugins:
      - name: rate-limitting
        config: {minute: 5}
      """#),
    BrokenConfiguration(
      "kong.yaml", line: 5, ["there is no service 'shap'", "did you mean 'shop'?"],
      #"""
      _format_version: "3.0"
      services: [{name: shop}]
      plugins:
      - name: rate-limiting
        service: shap
        config: {minute: 5}
      """#),
    BrokenConfiguration(
      "kong.yaml", line: 5, ["the limit per minute (minute: 5) is below that per second"],
      #"""
      _format_version: "3.0"
      plugins:
      - name: rate-limiting
        config:
          minute: 5
          second: 9
      """#),
    BrokenConfiguration(
      "kong.yaml", line: 4, ["'memory' is no value of policy", "one of local, cluster, redis"],
      #"""
      _format_version: "3.0"
      plugins:
      - name: rate-limiting
        config: {minute: 5, policy: memory}
      """#),
    BrokenConfiguration(
      "traefik.yaml", line: 6, ["there is no middleware 'slaw'", "did you mean 'slow'?"],
      #"""
      http:
        routers:
          web:
            rule: Path(`/`)
            service: app
            middlewares: [slaw]
        middlewares:
          slow:
            rateLimit: {average: 3}
      """#),
    BrokenConfiguration(
      "traefik.yaml", line: 5, ["there is no field of rateLimit 'avrage'", "did you mean 'average'?"],
      #"""
      http:
        middlewares:
          slow:
            rateLimit:
              avrage: 3
      """#),
    BrokenConfiguration(
      "traefik.yaml", line: 6, ["'-1s' is no value of period", "a duration such as 1s"],
      #"""
      http:
        middlewares:
          slow:
            rateLimit:
              average: 3
              period: -1s
      """#),
    BrokenConfiguration(
      "traefik.yaml", line: 2, ["a tab"],
      #"""
      http:
      \#tmiddlewares: {}
      """#),
    BrokenConfiguration(
      "traefik.yaml", line: 6, ["there is no matcher of a rule 'PathPrefx'", "did you mean 'PathPrefix'?"],
      #"""
      http:
        middlewares:
          slow: {rateLimit: {average: 3}}
        routers:
          web:
            rule: PathPrefx(`/`)
      """#),
    BrokenConfiguration(
      "traefik.toml", line: 2, ["there is no field of rateLimit 'avrage'", "did you mean 'average'?"],
      #"""
      [http.middlewares.slow.rateLimit]
        avrage = 3
      """#),
    BrokenConfiguration(
      "traefik.toml", line: 3, ["'burst' is already set"],
      #"""
      [http.middlewares.slow.rateLimit]
        burst = 3
        burst = 4
      """#),
    BrokenConfiguration(
      "traefik.toml", line: 2, ["in quotes"],
      #"""
      [http.middlewares.slow.rateLimit]
        average = fast
      """#),
    BrokenConfiguration(
      "traefik.toml", line: 2, [#"a closing " was expected"#],
      #"""
      [http.middlewares.slow.rateLimit]
        period = "1m
        average = 3
      """#),
  ]
}
