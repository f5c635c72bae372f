//! What is offered is what somebody makes: the options of a route, requests that nobody can follow, pictures
//! in formats that a service doesn't take, and jobs whose provider has left the route.

use ai_now_gateway::config::ModelSettings;
use ai_now_protocol::api::{State, Upload};
use ai_now_protocol::{Catalog, Code, Model};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use super::fixture::{Fixture, UP};
use super::upstream::{Script, Speaks, Upstream, What, file};
use crate::support::{png, refusal};

async fn upstream(speaks: Speaks) -> Upstream {
    Upstream::start(speaks, Script::default()).await
}

async fn offered(fixture: &Fixture) -> Model {
    let answer = fixture.gateway.ask(Method::GET, "/api/catalog").send().await.unwrap();
    answer.json::<Catalog>().await.unwrap().model("run").unwrap().clone()
}

async fn uploaded(fixture: &Fixture, file: Vec<u8>) -> String {
    fixture.gateway.upload(&fixture.key, file).await.json::<Upload>().await.unwrap().id
}

fn with(options: Value) -> Value {
    json!({"model": "run", "prompt": "A lake", "options": options})
}

#[tokio::test]
async fn a_route_offers_what_its_providers_make() {
    let all = ["seconds", "aspect_ratio", "image", "seed"];
    for (speaks, options, seconds) in [
        (Speaks::Luma, &["seconds", "aspect_ratio"][..], "from 5 to 9 in steps of 4"),
        (Speaks::LumaAgents, &all[..3], "from 5 to 10 in steps of 5"),
        (Speaks::Runway, &all[..], "from 2 to 10"),
        (Speaks::Kling, &all[..3], "from 3 to 10"),
        (Speaks::Fal, &["seed"], ""),
        (Speaks::Replicate, &[], ""),
        (Speaks::Mureka, &[], ""),
        (Speaks::AiNow, &[], ""),
    ] {
        let fixture = Fixture::alone(speaks, upstream(speaks).await, "").await;
        let run = offered(&fixture).await;
        let ids: Vec<_> = run.options.iter().map(|option| option.id.as_ref()).collect();
        let expected: Vec<_> = ["style"].iter().chain(options).copied().collect();
        assert_eq!(ids, expected, "{speaks:?}");
        let length =
            run.option("seconds").map(ai_now_protocol::ModelOption::allowed).unwrap_or_default();
        assert_eq!(length.text, seconds, "{speaks:?}");
        assert_eq!(run.price_tokens(&ai_now_protocol::Scalars::new()), 30, "{speaks:?}");
        for (id, value) in [
            ("seconds", json!(7)),
            ("aspect_ratio", json!("9:16")),
            ("seed", json!(7)),
            ("lyrics", json!("La la")),
        ] {
            if !options.contains(&id) {
                let asked = fixture.gateway.post(
                    "/api/generations",
                    &fixture.key,
                    &with(json!({ id: value })),
                );
                let said = refusal(asked.send().await.unwrap(), 400).await;
                assert!(said.is(Code::UnknownOption), "{speaks:?} {id}: {said:?}");
            }
        }
        assert_eq!(fixture.upstream.came(What::Submit).len(), 0);
        fixture.finish(0).await;
    }
}

/// What no provider of the route can make is refused before anything is charged; what one of them can goes to
/// that one.
#[tokio::test]
async fn options_that_do_not_go_together_are_charged_by_nobody() {
    for (speaks, more, options, option) in [
        (Speaks::LumaAgents, "", json!({"seconds": 10, "image": "PICTURE"}), "seconds"),
        (Speaks::Runway, "model = 'gen4_turbo'", json!({"seconds": 5}), "image"),
        (Speaks::Runway, "model = 'kling2.5_turbo_pro'", json!({"seconds": 7}), "seconds"),
    ] {
        let fixture = Fixture::alone(speaks, upstream(speaks).await, more).await;
        let picture = uploaded(&fixture, png()).await;
        let options: Value =
            serde_json::from_str(&options.to_string().replace("PICTURE", &picture)).unwrap();
        let asked = fixture.gateway.post("/api/generations", &fixture.key, &with(options.clone()));
        let said = refusal(asked.send().await.unwrap(), 400).await;
        assert!(said.is(Code::InvalidOption), "{said:?}");
        assert_eq!(said.params["option"].as_text(), Some(option), "{said:?}");
        assert_eq!(fixture.upstream.came(What::Submit).len(), 0);
        fixture.finish(0).await;

        // A program is told everything.
        let fixture = Fixture::with_stand_in(speaks, upstream(speaks).await, more).await;
        let picture = uploaded(&fixture, png()).await;
        let mut options = options;
        if options.get("image").is_some() {
            options["image"] = picture.into();
        }
        let accepted = fixture.gateway.create(&fixture.key, &with(options)).await;
        let made = fixture.end(&accepted).await;
        assert_eq!(made.note.as_ref().map(|note| &*note.text), Some("the stand-in"));
        assert_eq!(fixture.upstream.came(What::Submit).len(), 0);
        fixture.gateway.stop().await;
        fixture.place.assert_sound().await;
    }
}

#[tokio::test]
async fn a_picture_is_sent_in_a_format_that_the_service_takes() {
    let png = b"\x89PNG\r\n\x1a\n";
    for (speaks, name, pointer, begins, kind) in [
        (Speaks::Kling, "picture.gif", "/contents/1/url", &png[..], None),
        (Speaks::Kling, "picture.webp", "/contents/1/url", png, None),
        (Speaks::Kling, "picture.jpg", "/contents/1/url", b"\xff\xd8", None),
        (Speaks::LumaAgents, "picture.gif", "/video/start_frame/data", png, Some("image/png")),
        (
            Speaks::LumaAgents,
            "picture.webp",
            "/video/start_frame/data",
            b"RIFF",
            Some("image/webp"),
        ),
    ] {
        let fixture = Fixture::alone(speaks, upstream(speaks).await, "").await;
        let picture = uploaded(&fixture, file(name)).await;
        let accepted = fixture.gateway.create(&fixture.key, &with(json!({"image": picture}))).await;
        fixture.end(&accepted).await;
        // Films of pictures are at another address of some services.
        let came =
            [fixture.upstream.came(What::Submit), fixture.upstream.came(What::Other)].concat();
        let sent = came[0].body.pointer(pointer).and_then(Value::as_str).unwrap();
        let bytes = STANDARD.decode(sent).unwrap();
        assert!(bytes.starts_with(begins), "{speaks:?} {name}");
        if let Some(kind) = kind {
            assert_eq!(came[0].body["video"]["start_frame"]["media_type"], kind);
        }
        fixture.gateway.stop().await;
        fixture.place.assert_sound().await;
    }
}

/// The settings lead elsewhere after a restart. The provider that has the job is asked all the same, where it
/// is in the settings; where it is not, the generation fails. Nobody else is paid.
#[tokio::test]
async fn a_job_stays_with_a_provider_that_has_left_the_route() {
    for still_known in [true, false] {
        let speaks = Speaks::Luma;
        let upstream = Upstream::start(speaks, Script { held: 1, ..Script::default() }).await;
        let fixture = Fixture::with_stand_in(speaks, upstream, "").await;
        let accepted = fixture.ask().await;
        fixture.upstream.wait_for(What::Status, 1).await;
        let Fixture { speaks, mut place, gateway, upstream, key } = fixture;
        gateway.stop().await;
        let routes = Some(vec!["stand-in".to_owned()]);
        place.config.models =
            vec![ModelSettings { id: "run".into(), routes, ..ModelSettings::default() }];
        if !still_known {
            place.config.providers.remove(UP);
        }
        let gateway = place.start().await;
        let fixture = Fixture { speaks, place, gateway, upstream, key };
        fixture.upstream.go_on();
        fixture.upstream.go_on();
        let made = fixture.end(&accepted).await;
        assert_eq!(made.note, None, "the stand-in was asked");
        assert_eq!(fixture.upstream.came(What::Submit).len(), 1);
        if still_known {
            assert_eq!(fixture.result(&made).await, speaks.result());
        } else {
            assert_eq!(made.state, State::Failed);
            let message = made.message.unwrap();
            assert!(message.is(Code::ProviderUnavailable), "{message:?}");
            assert!(message.text.contains("can't ask it any more"), "{message:?}");
        }
        fixture.finish(if still_known { 30 } else { 0 }).await;
    }
}
