//! Submit, wait until the provider has taken it, cancel, again: what that may start upstream, and what
//! it costs.

use ai_now_gateway::store::Publishable;
use ai_now_protocol::api::{Accepted, Generation, Session, State};
use ai_now_protocol::{Catalog, Code, Event};
use reqwest::Method;
use serde_json::json;

use super::fixture::Fixture;
use super::upstream::{Script, Speaks, Stands, Upstream, What};

const ORIGIN: &str = "https://a.example";

/// What one generation costs.
const PRICE: u32 = 30;

/// One whose jobs stay queued there for ever.
async fn fixture(more: &str) -> Fixture {
    let script = Script { stands: vec![Stands::Queued(2)], ..Script::default() };
    let upstream = Upstream::start(Speaks::Luma, script).await;
    Fixture::alone(Speaks::Luma, upstream, more).await
}

#[tokio::test]
async fn cancelling_again_and_again_starts_no_more_than_the_budgets_allow() {
    // Of a budget of 100 three generations of 30; where half comes back, up to twice the budget in all.
    for (rule, visitor_jobs) in [("", 3), ("cancel = 'refund'", 6), ("cancel = 'partial'", 5)] {
        let fixture = fixture(rule).await;
        for (tokens_per_day, jobs) in [(100_000, visitor_jobs), (4 * PRICE, visitor_jobs.min(4))] {
            let before = fixture.upstream.came(What::Submit).len();
            let limits =
                Publishable { visitor_budget: 100, visitors_per_address: 9, tokens_per_day };
            let page = fixture.place.publishable(&fixture.key, ORIGIN, limits).await;
            let asked = fixture.gateway.post("/api/sessions", &page, &json!({}));
            let session = asked.header("origin", ORIGIN).send().await.unwrap();
            let session: Session = session.json().await.unwrap();
            let taken = attack(&fixture, &session.token, before).await;
            assert_eq!(taken, jobs, "{rule} {tokens_per_day}");
        }
        fixture.gateway.stop().await;
        fixture.place.assert_sound().await;
    }
}

/// Submits, waits until the provider has it, and cancels, a dozen times. How many jobs it got, after
/// `before` others.
async fn attack(fixture: &Fixture, token: &str, before: usize) -> usize {
    let mut taken = 0;
    for _ in 0..12 {
        let asked = fixture.gateway.post("/api/generations", token, &fixture.request());
        let answer = asked.header("origin", ORIGIN).send().await.unwrap();
        if answer.status() != 201 {
            assert!([418, 429].contains(&answer.status().as_u16()), "{}", answer.status());
            continue;
        }
        let accepted: Accepted = answer.json().await.unwrap();
        taken += 1;
        fixture.upstream.wait_for(What::Submit, before + taken).await;
        let path = format!("/api/generations/{}", accepted.id);
        let asked = fixture.gateway.ask(Method::DELETE, &path).bearer_auth(token);
        let ended: Generation = asked.send().await.unwrap().json().await.unwrap();
        assert_eq!(ended.state, State::Cancelled);
    }
    taken
}

#[tokio::test]
async fn what_cancelling_costs_is_in_the_catalog_before_and_in_the_answer_after() {
    for (rule, percent, cost) in
        [("", 100, 30), ("cancel = 'partial'", 50, 15), ("cancel = 'refund'", 0, 0)]
    {
        let fixture = fixture(rule).await;
        let catalog = fixture.gateway.ask(Method::GET, "/api/catalog").send().await.unwrap();
        let catalog: Catalog = catalog.json().await.unwrap();
        assert_eq!(catalog.model("run").unwrap().cancel_percent, percent);
        let accepted = fixture.ask().await;
        fixture.upstream.wait_for(What::Submit, 1).await;
        let ended = fixture.gateway.cancel(&fixture.key, &accepted.id).await;
        let message = ended.message.unwrap();
        let code = if cost == 0 { Code::Cancelled } else { Code::CancelledCharged };
        assert!(message.is(code), "{message:?}");
        let events = fixture.gateway.follow(&accepted.events).await;
        let Event::Failed(end) = &events.last().unwrap().1 else { panic!("{events:?}") };
        assert_eq!(end.tokens_returned, Some(PRICE - cost));
        fixture.finish(cost.into()).await;
    }
}

/// Before a provider has taken it, cancelling costs nothing, whatever the setting is.
#[tokio::test]
async fn what_waits_here_is_cancelled_for_nothing() {
    let fixture = fixture("concurrent = 1").await;
    let first = fixture.ask().await;
    fixture.upstream.wait_for(What::Submit, 1).await;
    let second = fixture.ask().await;
    let ended = fixture.gateway.cancel(&fixture.key, &second.id).await;
    assert!(ended.message.unwrap().is(Code::Cancelled));
    assert_eq!(fixture.gateway.balance(&fixture.key).await.held, u64::from(PRICE));
    fixture.gateway.cancel(&fixture.key, &first.id).await;
    assert_eq!(fixture.upstream.came(What::Submit).len(), 1);
    fixture.finish(PRICE.into()).await;
}
