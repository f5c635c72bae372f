//! What single services do otherwise than the rest, and what must never be paid for twice.

use ai_now_protocol::api::{State, Upload};
use reqwest::Method;
use serde_json::json;

use super::fixture::{Fixture, request};
use super::upstream::{Result, Script, Speaks, Stands, Submit, Upstream, What};
use crate::support::png;

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
        fixture.finish(30).await;
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
async fn fal_reports_a_jobs_outcome_at_its_result() {
    let detail =
        |kind: &str| json!({"detail": [{"loc": ["body", "prompt"], "msg": "no", "type": kind}]});
    for (status, body, elsewhere, said) in [
        (422, detail("content_policy_violation"), false, "content policy does not allow"),
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

/// Kling took the job, and its answer was lost: the job is found by the name that it was given.
#[tokio::test]
async fn kling_is_asked_for_a_job_whose_answer_was_lost() {
    let upstream = upstream(Speaks::Kling, |script| {
        script.submits = vec![Submit::Cut];
        script.taken_unheard = true;
    })
    .await;
    let fixture = Fixture::alone(Speaks::Kling, upstream, "").await;
    let made = fixture.make().await;
    assert_eq!(fixture.result(&made).await, Speaks::Kling.result());
    assert_eq!(fixture.upstream.came(What::Submit).len(), 1);
    assert_eq!(fixture.upstream.came(What::Find).len(), 1);
    fixture.finish(30).await;
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

/// Luma accepts only addresses: it gets one that is valid for a while, and only for this picture.
#[tokio::test]
async fn luma_is_handed_a_signed_address_of_the_picture() {
    let upstream = upstream(Speaks::Luma, |_| {}).await;
    let fixture = Fixture::alone_changed(Speaks::Luma, upstream, "", |config| {
        config.public_url = Some("https://gateway.example".into());
    })
    .await;
    let (gateway, key) = (&fixture.gateway, &fixture.key);
    let picture = png();
    let upload = async || {
        let response = gateway.upload(key, picture.clone()).await;
        response.json::<Upload>().await.unwrap().id
    };
    let (id, other) = (upload().await, upload().await);
    let mut body = request();
    body["options"] = json!({"image": id});
    gateway.follow(&gateway.create(key, &body).await.events).await;
    let came = fixture.upstream.came(What::Submit);
    let frame = &came[0].body["keyframes"]["frame0"];
    assert_eq!(frame["type"], "image");
    let url = frame["url"].as_str().unwrap();
    let path = url.strip_prefix("https://gateway.example").unwrap();
    let (name, ticket) = path.split_once("?ticket=").unwrap();
    assert_eq!(name, format!("/uploads/{id}.png"));

    let load = async |path: String| {
        let response = gateway.ask(Method::GET, &path).send().await.unwrap();
        (response.status().as_u16(), response.headers().clone(), response.bytes().await.unwrap())
    };
    let (status, headers, bytes) = load(path.to_owned()).await;
    assert_eq!((status, bytes.to_vec()), (200, picture));
    assert_eq!(headers["content-type"], "image/png");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let mut forged = ticket.to_owned().into_bytes();
    forged[20] = if forged[20] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    let event_ticket = {
        let accepted = gateway.create(key, &body).await;
        accepted.events.split_once("?ticket=").unwrap().1.to_owned()
    };
    for path in [
        name.to_owned(),
        format!("{name}?ticket="),
        format!("{name}?ticket={forged}"),
        format!("{name}?ticket={event_ticket}"),
        format!("/uploads/{other}.png?ticket={ticket}"),
        format!("/uploads/{id}.jpg?ticket={ticket}"),
        format!("/uploads/{id}?ticket={ticket}"),
        format!("/uploads/..%2F{id}.png?ticket={ticket}"),
        format!("/uploads/?ticket={ticket}"),
        "/uploads/".to_owned(),
        "/uploads".to_owned(),
    ] {
        assert_eq!(load(path.clone()).await.0, 404, "{path}");
    }
}

/// Each job that a provider took is counted by what the settings say, or by what the provider says.
#[tokio::test]
async fn what_jobs_cost_is_kept() {
    for (speaks, cost, expected) in [
        (Speaks::Luma, "per_second_micros = 70000, seconds = 5", (1, 350_000, 0)),
        (Speaks::AiNow, "per_job_micros = 1000", (1, 1000, 0)),
        (
            Speaks::Replicate,
            "per_job_micros = 10, per_billed_second_micros = 1400",
            (1, 10 + 3500, 1),
        ),
    ] {
        let upstream = upstream(speaks, |_| {}).await;
        let more = format!("cost = {{ currency = 'USD', {cost} }}\n");
        // Tables of TOML come last, settings of the provider first.
        let fixture = Fixture::alone(speaks, upstream, &more).await;
        assert_eq!(fixture.make().await.state, State::Completed, "{speaks:?}");
        let store = fixture.place.store().await;
        let costs = store.provider_costs(0).await.unwrap();
        store.close().await;
        assert_eq!(costs.len(), 1, "{speaks:?}: {costs:?}");
        let cost = &costs[0];
        assert_eq!((cost.provider.as_str(), cost.model.as_str()), ("up", "run"));
        assert_eq!((cost.jobs, cost.micros, cost.billed_jobs), expected, "{speaks:?}");
    }
}
