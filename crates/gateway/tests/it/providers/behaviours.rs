//! What a gateway does with any service, whatever the service does.

use ai_now_protocol::api::State;
use ai_now_protocol::{Catalog, Code, Event, MediaKind};
use serde_json::json;

use super::fixture::{Fixture, SECRET, wait_for};
use super::upstream::{Result, Script, Speaks, Stands, Submit, Upstream, What};

const PIXEL_ART: &str = "as pixel art, few colours, large square pixels";

async fn upstream(speaks: Speaks, change: impl FnOnce(&mut Script)) -> Upstream {
    let mut script = Script::default();
    change(&mut script);
    Upstream::start(speaks, script).await
}

pub(super) async fn makes_it_and_reports_progress(speaks: Speaks) {
    let upstream = upstream(speaks, |script| script.held = 1).await;
    let fixture = Fixture::alone(speaks, upstream, "").await;
    let accepted = fixture.ask().await;
    let mut stream = fixture.stream(&accepted).await;
    if speaks.api().tells_position() {
        let place =
            |event: &Event| matches!(event, Event::Processing(p) if p.queue_position == Some(2));
        wait_for(&mut stream, place).await;
    }
    fixture.upstream.go_on();
    let half = |event: &Event| match event {
        Event::Processing(p) if !speaks.api().tells_progress() => {
            p.step.as_ref().is_some_and(|step| step.is(Code::Generating))
        }
        Event::Processing(p) => p.progress == Some(0.5),
        _ => false,
    };
    wait_for(&mut stream, half).await;
    fixture.upstream.go_on();
    wait_for(&mut stream, |event| matches!(event, Event::Completed(_))).await;

    let made = fixture.end(&accepted).await;
    assert_eq!((made.state, made.procedural), (State::Completed, false));
    assert_eq!(fixture.result(&made).await, speaks.result());
    let submits = fixture.upstream.came(What::Submit);
    assert_eq!(submits.len(), 1);
    let scheme = speaks.api().scheme();
    assert_eq!(submits[0].headers["authorization"], format!("{scheme} {SECRET}"));
    for (name, value) in speaks.api().headers() {
        assert_eq!(submits[0].headers[*name], *value);
    }
    // The key is not sent to the result's host, whichever that is.
    assert!(!fixture.upstream.came(What::Media)[0].headers.contains_key("authorization"));
    let phrased = format!("A lake, {PIXEL_ART}");
    assert_eq!(speaks.api().comparable(&submits[0].body), speaks.api().submitted(&phrased));
    fixture.finish(30).await;
}

pub(super) async fn tries_again_what_passes(speaks: Speaks) {
    let upstream = upstream(speaks, |script| {
        script.submits =
            vec![Submit::Status(429, json!({})), Submit::Status(503, json!({})), Submit::Taken];
    })
    .await;
    let fixture = Fixture::with_stand_in(speaks, upstream, "").await;
    let made = fixture.make().await;
    assert_eq!(fixture.result(&made).await, speaks.result());
    assert_eq!(fixture.upstream.came(What::Submit).len(), 3);
    fixture.finish(30).await;
}

pub(super) async fn goes_elsewhere_while_it_is_busy(speaks: Speaks) {
    let upstream =
        upstream(speaks, |script| script.submits = vec![Submit::Status(429, json!({}))]).await;
    let fixture = Fixture::with_stand_in(speaks, upstream, "retries = 1").await;
    let made = fixture.make().await;
    assert_eq!(made.note.as_ref().map(|note| &*note.text), Some("the stand-in"));
    assert_eq!(fixture.upstream.came(What::Submit).len(), 2);
    fixture.finish(30).await;
}

pub(super) async fn goes_elsewhere_after_a_transient_failure(speaks: Speaks) {
    let upstream = upstream(speaks, |script| {
        script.stands = vec![Stands::Running(0.5), Stands::Failed("No capacity")];
    })
    .await;
    // A job that failed there is submitted anew once, and no more, where that is set.
    let (more, submits) = match speaks {
        Speaks::AiNow => ("", 1),
        _ if speaks.api().hides_charges() => ("resubmit = 1\nfailures_are_free = true", 2),
        _ => ("resubmit = 1", 2),
    };
    let fixture = Fixture::with_stand_in(speaks, upstream, more).await;
    let accepted = fixture.ask().await;
    let events = fixture.gateway.follow(&accepted.events).await;
    let told = events.iter().any(|(_, event)| {
        matches!(event, Event::Processing(p)
            if p.step.as_ref().is_some_and(|step| step.is(Code::TryingAnotherProvider)))
    });
    assert!(told, "{events:?}");
    assert_eq!(
        fixture.end(&accepted).await.note.as_ref().map(|note| &*note.text),
        Some("the stand-in")
    );
    assert_eq!(fixture.upstream.came(What::Submit).len(), submits);
    fixture.finish(30).await;
}

/// Where nobody knows whether a failed job was charged, it is made nowhere else, unless the operator knows.
pub(super) async fn pays_for_no_failure_twice(speaks: Speaks) {
    let upstream =
        upstream(speaks, |script| script.stands = vec![Stands::Failed("No capacity")]).await;
    let fixture = Fixture::with_stand_in(speaks, upstream, "").await;
    let made = fixture.make().await;
    assert_eq!(fixture.upstream.came(What::Submit).len(), 1);
    let hides = speaks.api().hides_charges();
    let expected = if hides { State::Failed } else { State::Completed };
    assert_eq!(made.state, expected, "{:?}", made.message);
    fixture.finish(if hides { 0 } else { 30 }).await;
}

pub(super) async fn goes_elsewhere_where_the_key_is_refused(speaks: Speaks) {
    for status in [401, 403, 402] {
        let refusal = Submit::Status(status, json!({"error": format!("no {SECRET}")}));
        let upstream = upstream(speaks, |script| script.submits = vec![refusal]).await;
        let fixture = Fixture::with_stand_in(speaks, upstream, "").await;
        let made = fixture.make().await;
        assert_eq!(made.note.as_ref().map(|note| &*note.text), Some("the stand-in"));
        assert_eq!(fixture.upstream.came(What::Submit).len(), 1);
        fixture.finish(30).await;
    }
}

pub(super) async fn tells_a_safety_refusal_and_asks_nobody_else(speaks: Speaks) {
    let refusal = Submit::Status(400, json!({"message": "It was flagged by moderation."}));
    for (submit, stands) in [(Submit::Taken, Stands::Unsafe), (refusal, Stands::Done)] {
        let upstream = upstream(speaks, |script| {
            script.submits = vec![submit];
            script.stands = vec![stands];
        })
        .await;
        let fixture = Fixture::with_stand_in(speaks, upstream, "").await;
        let made = fixture.make().await;
        assert_eq!(made.state, State::Failed);
        let message = made.message.unwrap();
        assert!(message.is(Code::ContentPolicy), "{message:?}");
        let message = message.text;
        assert!(message.contains("content policy does not allow this prompt"), "{message}");
        assert!(message.ends_with("Nothing was charged."), "{message}");
        assert_eq!(fixture.upstream.came(What::Submit).len(), 1);
        fixture.finish(0).await;
    }
}

pub(super) async fn tells_why_a_request_is_refused(speaks: Speaks) {
    let said = format!("<script>alert(1)</script>\r\n\u{202e}too long for {SECRET}");
    let refusal = Submit::Status(422, json!({"message": said}));
    let upstream = upstream(speaks, |script| script.submits = vec![refusal]).await;
    let fixture = Fixture::with_stand_in(speaks, upstream, "").await;
    let accepted = fixture.ask().await;
    let made = fixture.end(&accepted).await;
    let message = made.message.unwrap();
    assert!(message.is(Code::ProviderInput), "{message:?}");
    let message = message.text;
    assert_eq!(made.state, State::Failed);
    assert!(message.contains("alert(1)</script> too long for …."), "{message}");
    assert_eq!(fixture.upstream.came(What::Submit).len(), 1);
    // As it travels, nothing of it reads as markup.
    let events = fixture.gateway.ask(reqwest::Method::GET, &accepted.events).send().await.unwrap();
    let events = events.text().await.unwrap();
    assert!(!events.contains('<') && !events.contains(SECRET), "{events}");
    fixture.finish(0).await;
}

pub(super) async fn passes_on_that_it_was_cancelled(speaks: Speaks) {
    let upstream = upstream(speaks, |script| script.held = 1).await;
    let fixture = Fixture::with_stand_in(speaks, upstream, "").await;
    let accepted = fixture.ask().await;
    let mut stream = fixture.stream(&accepted).await;
    if speaks == Speaks::AiNow {
        wait_for(&mut stream, |e| matches!(e, Event::Processing(p) if p.queue_position.is_some()))
            .await;
    } else {
        fixture.upstream.wait_for(What::Status, 1).await;
    }
    let cancelled = fixture.gateway.cancel(&fixture.key, &accepted.id).await;
    assert_eq!(cancelled.state, State::Cancelled);
    if speaks.api().cancels() {
        fixture.upstream.wait_for(What::Cancel, 1).await;
        let cancels = fixture.upstream.came(What::Cancel);
        assert!(cancels[0].headers["authorization"].to_str().unwrap().ends_with(SECRET));
    }
    assert_eq!(fixture.upstream.came(What::Other).len(), 0);
    // It had been taken, and may be billed.
    fixture.finish(30).await;
}

pub(super) async fn goes_on_after_a_restart_without_asking_twice(speaks: Speaks) {
    let upstream = upstream(speaks, |script| script.held = 1).await;
    let fixture = Fixture::alone(speaks, upstream, "").await;
    let accepted = fixture.ask().await;
    if speaks == Speaks::AiNow {
        let mut stream = fixture.stream(&accepted).await;
        wait_for(&mut stream, |e| matches!(e, Event::Processing(p) if p.queue_position.is_some()))
            .await;
    } else {
        fixture.upstream.wait_for(What::Status, 1).await;
    }
    let fixture = fixture.restart().await;
    fixture.upstream.go_on();
    fixture.upstream.go_on();
    let made = fixture.end(&accepted).await;
    assert_eq!(fixture.result(&made).await, speaks.result());
    assert_eq!(fixture.upstream.came(What::Submit).len(), 1);
    assert_eq!(fixture.upstream.came(What::Cancel).len(), 0);
    fixture.finish(30).await;
}

pub(super) async fn submits_once_more_where_nobody_knows_and_not_oftener(speaks: Speaks) {
    for unclear in [Submit::Cut, Submit::Odd, Submit::Status(504, json!({}))] {
        for (times, expected) in [(1, State::Completed), (2, State::Failed)] {
            let upstream = upstream(speaks, |script| {
                script.submits = vec![unclear.clone(); times];
                script.submits.push(Submit::Taken);
            })
            .await;
            let fixture = Fixture::with_stand_in(speaks, upstream, "").await;
            let made = fixture.make().await;
            // One that can be looked for, and is not there, is submitted again without fear.
            let finds = speaks.api().finds_at().is_some();
            let expected = if finds { State::Completed } else { expected };
            assert_eq!(made.state, expected, "{:?}", made.message);
            assert_eq!(made.note, None);
            let submits = if finds { times + 1 } else { 2 };
            assert_eq!(fixture.upstream.came(What::Submit).len(), submits);
            let looks = if finds { times } else { 0 };
            assert_eq!(fixture.upstream.came(What::Find).len(), looks);
            fixture.finish(if expected == State::Completed { 30 } else { 0 }).await;
        }
    }
}

pub(super) async fn endures_odd_answers(speaks: Speaks) {
    let upstream = upstream(speaks, |script| {
        script.stands = vec![
            Stands::Odd,
            Stands::Html,
            Stands::Status(502),
            Stands::Huge,
            Stands::Cut,
            Stands::Status(429),
            Stands::Running(0.5),
            Stands::Done,
        ];
    })
    .await;
    let fixture = Fixture::with_stand_in(speaks, upstream, "").await;
    let made = fixture.make().await;
    assert_eq!(made.state, State::Completed, "{:?}", made.message);
    assert_eq!(fixture.result(&made).await, speaks.result());
    assert_eq!(fixture.upstream.came(What::Submit).len(), 1);
    fixture.finish(30).await;
}

pub(super) async fn ends_at_its_time_limit(speaks: Speaks) {
    let upstream = upstream(speaks, |script| script.held = 1).await;
    let fixture = Fixture::with_stand_in(speaks, upstream, "timeout_secs = 1").await;
    let made = fixture.make().await;
    assert_eq!((made.state, made.note), (State::Failed, None));
    let message = made.message.unwrap().text;
    assert!(message.contains("took longer than a minute"), "{message}");
    if speaks.api().cancels() {
        fixture.upstream.wait_for(What::Cancel, 1).await;
    }
    fixture.finish(0).await;
}

pub(super) async fn takes_only_results_that_are_what_they_should_be(speaks: Speaks) {
    let other = match speaks.api().media() {
        MediaKind::Audio => "it is video/mp4, which was not asked for",
        _ => "it is audio/mpeg, which was not asked for",
    };
    for (result, why) in [
        (Result::Html, "it is a text"),
        (Result::OtherKind, other),
        (Result::Giant, "larger than 1 MiB"),
        (Result::Redirect, "redirects are not followed"),
        // Only the provider itself may be at a private address here.
        (Result::At("http://localhost/film.mp4"), "address is refused"),
        (Result::At("https://169.254.169.254/film.mp4"), "address is refused"),
        (Result::At("https://2130706434/film.mp4"), "address is refused"),
        (Result::At("https://[::ffff:10.0.0.1]/film.mp4"), "address is refused"),
    ] {
        let upstream = upstream(speaks, |script| {
            script.result = result.clone();
            script.stands = vec![Stands::Done];
        })
        .await;
        let fixture = Fixture::with_stand_in(speaks, upstream, "result_max_mib = 1").await;
        let made = fixture.make().await;
        assert_eq!((made.state, made.note), (State::Failed, None), "{result:?}");
        let message = made.message.unwrap().text;
        assert!(message.contains(why), "{result:?}: {message}");
        let left = std::fs::read_dir(fixture.place.data().join("media")).unwrap().count();
        assert_eq!(left, 0, "something was left behind");
        fixture.finish(0).await;
    }
}

pub(super) async fn loads_a_cut_result_again(speaks: Speaks) {
    let upstream = upstream(speaks, |script| script.result = Result::CutOnce).await;
    let fixture = Fixture::alone(speaks, upstream, "").await;
    let made = fixture.make().await;
    assert_eq!(fixture.result(&made).await, speaks.result());
    assert_eq!(fixture.upstream.came(What::Media).len(), 2);
    assert_eq!(fixture.upstream.came(What::Submit).len(), 1);
    fixture.finish(30).await;
}

pub(super) async fn follows_no_redirect(speaks: Speaks) {
    let elsewhere = upstream(speaks, |_| {}).await;
    let redirect = Submit::Redirect(format!("{}/generations/video", elsewhere.url));
    let upstream = upstream(speaks, |script| script.submits = vec![redirect]).await;
    let fixture = Fixture::with_stand_in(speaks, upstream, "").await;
    let made = fixture.make().await;
    assert_eq!(made.note.as_ref().map(|note| &*note.text), Some("the stand-in"));
    for what in [What::Submit, What::Other] {
        assert_eq!(elsewhere.came(what).len(), 0);
    }
    fixture.finish(30).await;
}

pub(super) async fn opens_its_circuit_breaker_after_failures(speaks: Speaks) {
    let upstream =
        upstream(speaks, |script| script.submits = vec![Submit::Status(429, json!({}))]).await;
    let more = "retries = 0\nfailure_threshold = 2";
    let fixture = Fixture::with_stand_in(speaks, upstream, more).await;
    for _ in 0..4 {
        assert_eq!(
            fixture.make().await.note.as_ref().map(|note| &*note.text),
            Some("the stand-in")
        );
    }
    assert_eq!(fixture.upstream.came(What::Submit).len(), 2);
    let catalog = fixture.gateway.ask(reqwest::Method::GET, "/api/catalog").send().await.unwrap();
    let catalog: Catalog = catalog.json().await.unwrap();
    let run = catalog.model("run").unwrap();
    let status = "Run does not answer; another provider stands in for it.";
    assert_eq!(
        (run.status.as_ref().map(|status| &*status.text), run.procedural),
        (Some(status), false)
    );
    assert!(catalog.model("suno").unwrap().procedural);
    fixture.finish(120).await;
}

pub(super) async fn takes_turns(speaks: Speaks) {
    let upstream = upstream(speaks, |script| script.held = 1).await;
    let fixture = Fixture::alone(speaks, upstream, "concurrent = 1").await;
    let first = fixture.ask().await;
    fixture.upstream.wait_for(What::Submit, 1).await;
    let second = fixture.ask().await;
    let mut stream = fixture.stream(&second).await;
    wait_for(&mut stream, |e| matches!(e, Event::Processing(p) if p.queue_position == Some(0)))
        .await;
    assert_eq!(fixture.upstream.came(What::Submit).len(), 1);
    fixture.upstream.go_on();
    fixture.upstream.go_on();
    for accepted in [first, second] {
        assert_eq!(fixture.end(&accepted).await.state, State::Completed);
    }
    assert_eq!(fixture.upstream.came(What::Submit).len(), 2);
    fixture.finish(60).await;
}
