extension BrokenConfiguration {
  /// API gateways and clouds, and the project's own plan.
  static let platforms: [BrokenConfiguration] = [
    BrokenConfiguration(
      "krakend.json", line: 4,
      ["there is no field of qos/ratelimit/router 'max_rat'", "did you mean 'max_rate'?"],
      #"""
      {"version": 3, "endpoints": [
        {"endpoint": "/a", "extra_config": {
          "qos/ratelimit/router": {
            "max_rat": 5}}}]}
      """#),
    BrokenConfiguration(
      "krakend.json", line: 4, ["'100' is no value of max_rate", "a number without quotes"],
      #"""
      {"version": 3, "endpoints": [
        {"endpoint": "/a", "extra_config": {
          "qos/ratelimit/router": {
            "max_rate": "100"}}}]}
      """#),
    BrokenConfiguration(
      "krakend.json", line: 3, ["'hedaer' is no value of strategy", "did you mean 'header'?"],
      #"""
      {"version": 3, "endpoints": [
        {"endpoint": "/a", "extra_config": {"qos/ratelimit/router": {
            "client_max_rate": 5, "strategy": "hedaer"}}}]}
      """#),
    BrokenConfiguration(
      "krakend.json", line: 3, ["'often' is no value of every", "a duration of at least a second"],
      #"""
      {"version": 3, "endpoints": [
        {"endpoint": "/a", "extra_config": {"qos/ratelimit/router": {
            "max_rate": 5, "every": "often"}}}]}
      """#),
    BrokenConfiguration(
      "application.yml", line: 10, ["replenishrat", "did you mean 'redis-rate-limiter.replenishRate'?"],
      #"""
      spring:
        cloud:
          gateway:
            routes:
              - id: users
                uri: lb://users
                filters:
                  - name: RequestRateLimiter
                    args:
                      redis-rate-limiter.replenishRat: 10
      """#),
    BrokenConfiguration(
      "application.yml", line: 11,
      ["'5' is no value of redis-rate-limiter.burstCapacity", "at least the replenishRate, 10"],
      #"""
      spring:
        cloud:
          gateway:
            routes:
              - id: users
                uri: lb://users
                filters:
                  - name: RequestRateLimiter
                    args:
                      redis-rate-limiter.replenishRate: 10
                      redis-rate-limiter.burstCapacity: 5
      """#),
    BrokenConfiguration(
      "application.yml", line: 6,
      ["there is no filter 'RequestRatelimiter'", "did you mean 'RequestRateLimiter'?"],
      #"""
      spring:
        cloud:
          gateway:
            routes:
              - id: users
                filters: [{name: RequestRatelimiter}]
      """#),
    BrokenConfiguration(
      "application.yml", line: 4, ["a tab"],
      #"""
      spring:
        cloud:
          gateway:
      \#t  routes: []
      """#),
    BrokenConfiguration(
      "apisix.yaml", line: 6, ["there is no field of limit-req 'no_delay'", "did you mean 'nodelay'?"],
      #"""
      routes:
        - id: r
          uri: /users/*
          plugins:
            limit-req: {rate: 1, burst: 1, key: remote_addr,
              no_delay: true}
      #END
      """#),
    BrokenConfiguration(
      "apisix.yaml", line: 5, ["'0' is no value of rate", "at least 0.001"],
      #"""
      routes:
        - id: r
          uri: /users/*
          plugins:
            limit-req: {rate: 0, burst: 1, key: remote_addr}
      #END
      """#),
    BrokenConfiguration(
      "apisix.yaml", line: 2, ["there is no service 'userz'", "did you mean 'users'?"],
      #"""
      routes:
        - {id: 1, uri: /a, service_id: userz}
      services:
        - {id: users}
      #END
      """#),
    BrokenConfiguration(
      "apisix.yaml", line: 5, ["'0' is no value of count", "a whole number, at least 1"],
      #"""
      routes:
        - id: r
          uri: /users/*
          plugins:
            limit-count: {count: 0, time_window: 60}
      #END
      """#),
    BrokenConfiguration(
      "policies.json", line: 3, ["there is no field of policy 'rates'", "did you mean 'rate'?"],
      #"""
      {
        "gold": {
          "rates": 100, "per": 1, "quota_renewal_rate": 60
        }
      }
      """#),
    BrokenConfiguration(
      "policies.json", line: 3, ["'many' is no value of rate", "a number, at least 0"],
      #"""
      {
        "gold": {
          "rate": "many", "per": 1, "access_rights": {}
        }
      }
      """#),
    BrokenConfiguration(
      "policies.json", line: 4, ["'rate' is already set"],
      #"""
      {
        "gold": {
          "rate": 100, "per": 1, "access_rights": {},
          "rate": 200
        }
      }
      """#),
    BrokenConfiguration(
      "template.json", line: 3, ["there is no field of Throttle 'RateLimits'", "did you mean 'RateLimit'?"],
      #"""
      {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Plan": {
        "Type": "AWS::ApiGateway::UsagePlan", "Properties": {
          "Throttle": {"RateLimits": 100, "BurstLimit": 10}}}}}
      """#),
    BrokenConfiguration(
      "template.json", line: 3, ["'1.5' is no value of BurstLimit", "a whole number"],
      #"""
      {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Plan": {
        "Type": "AWS::ApiGateway::UsagePlan", "Properties": {
          "Throttle": {"RateLimit": 100, "BurstLimit": 1.5}}}}}
      """#),
    BrokenConfiguration(
      "template.json", line: 3, ["'MONTHS' is no value of Period", "did you mean 'MONTH'?"],
      #"""
      {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Plan": {
        "Type": "AWS::ApiGateway::UsagePlan", "Properties": {
          "Quota": {"Limit": 100, "Period": "MONTHS"}}}}}
      """#),
    BrokenConfiguration(
      "template.json", line: 2,
      ["there is no resource type 'AWS::ApiGateway::UsagePlans'", "did you mean 'AWS::ApiGateway::UsagePlan'?"],
      #"""
      {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Plan": {
        "Type": "AWS::ApiGateway::UsagePlans", "Properties": {}}}}
      """#),
    BrokenConfiguration(
      "plan.json", line: 3, ["there is no dialect 'ngnix'", "did you mean 'nginx'?"],
      #"""
      {"limits": [
        // a comment is fine
        {"dialect": "ngnix", "rate": "5r/s", "key": "client"}
      ]}
      """#),
    BrokenConfiguration(
      "plan.json", line: 2, ["there is no field of nginx limit 'brust'", "did you mean 'burst'?"],
      #"""
      {"limits": [
        {"dialect": "nginx", "rate": "5r/s", "brust": 3, "key": "client"}
      ]}
      """#),
    BrokenConfiguration(
      "plan.json", line: 2, ["there is no part of a key 'consumr'", "did you mean 'consumer'?"],
      #"""
      {"limits": [
        {"dialect": "nginx", "rate": "5r/s", "key": "consumr"}
      ]}
      """#),
    BrokenConfiguration(
      "plan.json", line: 2, ["'0/s' is no value of rate"],
      #"""
      {"limits": [
        {"dialect": "nginx", "rate": "0/s", "key": "client"}
      ]}
      """#),
    BrokenConfiguration(
      "plan.json", line: 3, ["'burst' is already set"],
      #"""
      {"limits": [
        {"dialect": "nginx", "rate": "5r/s", "burst": 3,
          "burst": 4, "key": "client"}
      ]}
      """#),
    BrokenConfiguration(
      "plan.json", line: 3, ["expected"],
      #"""
      {"limits": [
        {"dialect": "nginx", "rate": "5r/s", "key": "client"}
      """#),
    BrokenConfiguration(
      "plan.json", line: 2, ["'-3' is no value of burst"],
      #"""
      {"limits": [
        {"dialect": "nginx", "rate": "5r/s", "burst": -3, "key": "client"}
      ]}
      """#),
  ]
}
