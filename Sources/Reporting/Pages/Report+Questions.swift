import Analysis
import Traffic

extension Report {
  /// What the pages ask of every night, one after the other; known beforehand, one reading answers all of it.
  func expectQuestions() async {
    let scope = night.scope
    let step = TimeStep.fitting(night.span, most: RoutesPage.trendSteps)
    if night.rolledUp == 0 {
      await night.expect(RouteLatency(scope: scope))
      await night.expect(RouteCourse(scope: scope, step: step))
    } else {
      await night.expect(RouteHistory(scope: scope))
      await night.expect(RouteCourse(scope: scope, step: max(step, .hour)))
    }
    await night.expect(night.course)
    await night.expect(PromiseKept(scope: scope, promise: objective.latency, step: night.course.step))
    await night.expect(BusySeconds(scope: scope))
    await night.expect(Coverage(scope: scope, ledger: night.ledger))
    await night.expect(NodeLoad(scope: scope, ledger: night.ledger))
    await night.expect(CacheUse(scope: scope))
    await night.expect(CacheByTime(scope: scope))
    await night.expect(Callers(scope: scope))
    await night.expect(RejectionSpells(scope: scope))
    await night.expect(AccessFailures(scope: scope))
    await night.expect(HostilePaths(scope: scope))
    await night.expect(UpstreamHealth(scope: scope))
    await night.expect(EndpointLoad(scope: scope, ledger: night.ledger))
    await night.expect(ProtocolUse(scope: scope))
    await night.expect(AgentUse(scope: scope))
  }
}
