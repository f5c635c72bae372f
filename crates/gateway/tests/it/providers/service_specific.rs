//! What single services do otherwise than the rest, and what must never be paid for twice.

use ai_now_protocol::api::State;
use serde_json::json;

use super::fixture::Fixture;
use super::upstream::{Result, Script, Speaks, Stands, Submit, Upstream, What};

async fn upstream(speaks: Speaks, change: impl FnOnce(&mut Script)) -> Upstream {
    let mut script = Script::default();
    change(&mut script);
    Upstream::start(speaks, script).await
}

fn polled() -> impl Iterator<Item = Speaks> {
    Speaks::ALL.iter().copied().filter(|speaks| *speaks != Speaks::AiNow)
}

/// A job that was taken may have been made and paid for, whatever its service knows of it now.
#[tokio::test]
async fn a_job_that_is_lost_after_it_was_taken_is_made_nowhere_else() {
    for speaks in polled() {
        for status in [404, 410, 401, 302] {
            let upstream = upstream(speaks, |script| {
                script.stands = vec![Stands::Queued(0), Stands::Status(status)];
            })
            .await;
            let fixture = Fixture::with_stand_in(speaks, upstream, "resubmit = 2").await;
            let made = fixture.make().await;
            assert_eq!((made.state, made.note), (State::Failed, None), "{speaks:?} {status}");
            assert_eq!(fixture.upstream.came(What::Submit).len(), 1);
            fixture.finish(0).await;
        }
    }
}

/// A state that no document names is waited out, and shows in the metrics.
#[tokio::test]
async fn a_state_that_is_not_documented_is_counted_and_waited_out() {
    for speaks in polled() {
        let upstream = upstream(speaks, |script| {
            script.stands =
                vec![Stands::Word("pondering"), Stands::Word("pondering"), Stands::Done];
        })
        .await;
        let fixture = Fixture::with_stand_in(speaks, upstream, "").await;
        let made = fixture.make().await;
        assert_eq!(fixture.result(&made).await, speaks.result());
        let metrics = fixture.metrics().await;
        let line = "ai_now_provider_unknown_statuses_total{provider=\"up\"} 2";
        assert!(metrics.contains(line), "{speaks:?}: {metrics}");
        fixture.finish(30).await;
    }
}

/// Some services delete a finished job when it is cancelled.
#[tokio::test]
async fn nothing_is_cancelled_once_it_is_done() {
    for speaks in polled() {
        let upstream = upstream(speaks, |script| {
            script.stands = vec![Stands::Done];
            script.result = Result::Silence;
        })
        .await;
        let fixture = Fixture::alone(speaks, upstream, "").await;
        let accepted = fixture.ask().await;
        fixture.upstream.wait_for(What::Media, 1).await;
        let cancelled = fixture.gateway.cancel(&fixture.key, &accepted.id).await;
        assert_eq!(cancelled.state, State::Cancelled);
        assert_eq!(fixture.upstream.came(What::Cancel).len(), 0, "{speaks:?}");
        fixture.finish(0).await;
    }
}

/// Replicate's own client repeats a submission after 429 alone, fal's after no 500 of its own.
#[tokio::test]
async fn where_a_fault_may_come_after_taking_it_a_job_is_asked_for_twice_at_most() {
    for speaks in [Speaks::Replicate, Speaks::Fal] {
        let upstream =
            upstream(speaks, |script| script.submits = vec![Submit::Status(500, json!({}))]).await;
        let fixture = Fixture::with_stand_in(speaks, upstream, "retries = 9").await;
        let made = fixture.make().await;
        assert_eq!((made.state, made.note), (State::Failed, None), "{speaks:?}");
        assert_eq!(fixture.upstream.came(What::Submit).len(), 2);
        fixture.finish(0).await;
    }
}

#[tokio::test]
async fn fal_tells_at_the_result_what_became_of_a_job() {
    let detail =
        |kind: &str| json!({"detail": [{"loc": ["body", "prompt"], "msg": "no", "type": kind}]});
    for (status, body, elsewhere, said) in [
        (422, detail("content_policy_violation"), false, "safety rules do not allow"),
        (422, detail("value_error"), false, "could not make it: no"),
        // Nothing is charged for these.
        (500, detail("internal_server_error"), true, ""),
        (503, json!({"detail": "no", "error_type": "runner_disconnected"}), true, ""),
    ] {
        let upstream = upstream(Speaks::Fal, |script| {
            script.stands = vec![Stands::Response(status, body)];
        })
        .await;
        let fixture = Fixture::with_stand_in(Speaks::Fal, upstream, "").await;
        let made = fixture.make().await;
        let expected = if elsewhere { State::Completed } else { State::Failed };
        assert_eq!(made.state, expected, "{status} {:?}", made.message);
        assert!(made.message.map_or_else(String::new, |m| m.text.into_owned()).contains(said));
        // A 5xx here is the end of the job, and is not asked for until the time is over.
        assert_eq!(fixture.upstream.came(What::Response).len(), 1);
        fixture.finish(if elsewhere { 30 } else { 0 }).await;
    }
}

#[tokio::test]
async fn kling_refuses_in_answers_that_look_like_success() {
    for (status, code, elsewhere, submits) in [
        (200, 1102, true, 1),
        (429, 1102, true, 1),
        (200, 1301, false, 1),
        (200, 1201, false, 1),
        (429, 1303, true, 2),
    ] {
        let refusal = Submit::Status(status, json!({"code": code, "message": "no"}));
        let upstream = upstream(Speaks::Kling, |script| script.submits = vec![refusal]).await;
        let fixture = Fixture::with_stand_in(Speaks::Kling, upstream, "retries = 1").await;
        let made = fixture.make().await;
        let expected = if elsewhere { State::Completed } else { State::Failed };
        assert_eq!(made.state, expected, "{code}: {:?}", made.message);
        assert_eq!(fixture.upstream.came(What::Submit).len(), submits, "{code}");
        fixture.finish(if elsewhere { 30 } else { 0 }).await;
    }
}

/// With an older pair of keys the secret key itself is never sent.
#[tokio::test]
async fn kling_is_sent_a_token_that_is_made_for_each_request() {
    let upstream = upstream(Speaks::Kling, |_| {}).await;
    let fixture = Fixture::alone(Speaks::Kling, upstream, "access_key = 'ak'").await;
    let made = fixture.make().await;
    assert_eq!(made.state, State::Completed, "{:?}", made.message);
    for what in [What::Submit, What::Status] {
        for came in fixture.upstream.came(what) {
            let authorization = came.headers["authorization"].to_str().unwrap();
            let token = authorization.strip_prefix("Bearer ").unwrap();
            assert_eq!(token.split('.').count(), 3, "{token}");
            assert!(!token.contains(super::fixture::SECRET));
        }
    }
    fixture.finish(30).await;
}
