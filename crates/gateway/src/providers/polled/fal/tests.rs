//! fal's states, errors, fields and headers.

use ai_now_protocol::options::{ASPECT_RATIO, INSTRUMENTAL, RESOLUTION, SECONDS};
use http::{HeaderMap, StatusCode};

use super::*;

fn settings() -> Settings {
    toml::from_str("model = 'owner/model'").unwrap()
}

fn failed(reason: &str, kind: ErrorKind) -> Option<UpstreamStatus> {
    Some(UpstreamStatus::Failed { reason: reason.into(), kind })
}

#[test]
fn states() {
    let queued = |position| Some(UpstreamStatus::Queued { position });
    let running = |progress| Some(UpstreamStatus::Running { progress });
    for (answer, expected) in [
        (json!({"status": "IN_QUEUE", "queue_position": 3}), queued(Some(3))),
        (json!({"status": "IN_QUEUE"}), queued(None)),
        (
            json!({"status": "IN_PROGRESS", "logs": [{"message": "1%"}, {"message": "25%|#"}]}),
            running(Some(0.25)),
        ),
        (json!({"status": "IN_PROGRESS", "logs": null}), running(None)),
        (json!({"status": "COMPLETED"}), Some(UpstreamStatus::ResultAtResponse)),
        (
            json!({"status": "COMPLETED", "error": "x", "error_type": "odd"}),
            Some(UpstreamStatus::ResultAtResponse),
        ),
        (
            json!({"status": "COMPLETED", "error": "x", "error_type": "content_policy_violation"}),
            failed("x", ErrorKind::ContentPolicy),
        ),
        (
            json!({"status": "COMPLETED", "error": "x", "error_type": "runner_disconnected"}),
            failed("x", ErrorKind::Transient),
        ),
        (json!({"status": "PAUSED"}), Some(UpstreamStatus::Unknown("PAUSED".into()))),
        (json!("COMPLETED"), None),
    ] {
        assert_eq!(settings().read(&answer), expected, "{answer}");
    }
}

#[test]
fn results_and_errors_of_models() {
    let read = |status: u16, body: Value, headers: &[(&'static str, &'static str)]| {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        settings().read_result(&Answer { status, headers: map, body: body.to_string().into() })
    };
    let detail = |kind: &str| json!({"detail": [{"loc": ["body"], "msg": "no", "type": kind}]});
    let done = |url: Option<&str>| Some(UpstreamStatus::Done(url.map(Into::into)));
    assert_eq!(read(200, json!({"video": {"url": "u"}}), &[]), done(Some("u")));
    assert_eq!(read(200, json!({}), &[]), done(None));
    assert_eq!(read(202, json!({}), &[]), Some(UpstreamStatus::RUNNING));
    for (kind, expected) in [
        ("content_policy_violation", ErrorKind::ContentPolicy),
        ("image_too_small", ErrorKind::Permanent),
        ("value_error", ErrorKind::Permanent),
    ] {
        assert_eq!(read(422, detail(kind), &[]), failed("no", expected), "{kind}");
    }
    let retryable = [("x-fal-retryable", "true")];
    assert_eq!(read(422, detail("x"), &retryable), failed("no", ErrorKind::Transient));
    assert_eq!(read(500, detail("x"), &[]), failed("no", ErrorKind::Transient));
    let typed = [("x-fal-error-type", "request_timeout")];
    assert_eq!(read(504, json!({}), &typed), failed("", ErrorKind::Transient));
    assert_eq!(read(400, json!({"detail": "bad"}), &[]), failed("bad", ErrorKind::Permanent));
}

#[test]
fn only_models_that_have_a_seed_are_sent_one() {
    let of = |model: &str| Settings { model: model.into(), ..settings() }.seed_field().to_owned();
    assert_eq!(of("fal-ai/pika/v2.2/text-to-video"), "seed");
    for model in ["fal-ai/kling-video/v3/pro/text-to-video", "fal-ai/elevenlabs/music"] {
        assert_eq!(of(model), "", "{model}");
    }
    let named = Settings { seed_field: Some("noise".into()), ..settings() };
    assert_eq!(named.seed_field(), "noise");
}

#[test]
fn a_submission_has_fals_own_headers() {
    let of = |toml: &str| {
        let settings: Settings = toml::from_str(&format!("model = 'owner/model'\n{toml}")).unwrap();
        settings.check().ok()?;
        let request =
            settings.submit(&Job::example(MediaKind::Video, &[]), &LimitSettings::default());
        let text = |(name, value): (HeaderName, HeaderValue)| {
            format!("{name}: {}", value.to_str().unwrap())
        };
        Some(request.headers.into_iter().map(text).collect::<Vec<_>>())
    };
    let timeout = "x-fal-request-timeout: 900".to_owned();
    assert_eq!(of(""), Some(vec![timeout.clone()]));
    let low = "x-fal-queue-priority: low".to_owned();
    assert_eq!(of("headers = { x-fal-queue-priority = 'low' }"), Some(vec![low, timeout]));
    for bad in ["authorization = 'x'", "'x-fal-a b' = '1'", "x-fal-a = \"a\\nb\""] {
        assert_eq!(of(&format!("headers = {{ {bad} }}")), None, "{bad}");
    }
}

#[test]
fn options_go_into_the_fields_that_the_model_has() {
    let options = [
        (SECONDS, Scalar::Integer(8)),
        (ASPECT_RATIO, "21:9".into()),
        (RESOLUTION, "4k".into()),
        (INSTRUMENTAL, false.into()),
        (LYRICS, "La la".into()),
    ];
    let submit = |toml: &str, job: &Job| {
        let settings: Settings = toml::from_str(toml).unwrap();
        assert_eq!(settings.check(), Ok(()));
        let request = settings.submit(job, &LimitSettings::default());
        (request.at, request.body.unwrap())
    };
    let job = Job::example(MediaKind::Video, &options);
    for (toml, expected) in [
        (
            "model = 'fal-ai/pika/v2.2/text-to-video'\ninput = { duration = 5 }",
            json!({"prompt": "A lake", "seed": 7, "duration": 10, "aspect_ratio": "16:9",
                "resolution": "1080p"}),
        ),
        (
            "model = 'fal-ai/kling-video/v3/pro/text-to-video'\n\
             [options.seconds]\nfield = 'duration'\nspelling = 'text'",
            json!({"prompt": "A lake", "duration": "8", "aspect_ratio": "16:9"}),
        ),
        (
            "model = 'fal-ai/elevenlabs/music'",
            json!({"prompt": "A lake\n\nLyrics:\nLa la", "music_length_ms": 8000,
                "force_instrumental": false}),
        ),
        (
            "model = 'fal-ai/minimax-music/v2'",
            json!({"prompt": "A lake", "lyrics_prompt": "La la"}),
        ),
        ("model = 'owner/model'", json!({"prompt": "A lake", "seed": 7})),
    ] {
        assert_eq!(submit(toml, &job).1, expected, "{toml}");
    }
    let toml = "model = 'fal-ai/pika/v2.2/text-to-video'\n\
                image_model = 'fal-ai/pika/v2.2/image-to-video'";
    let (at, body) = submit(toml, &Job::example(MediaKind::Video, &[]).with_picture());
    assert_eq!(at, "/fal-ai/pika/v2.2/image-to-video");
    assert_eq!(body["image_url"], "data:image/png;base64,cG5n");
    assert_eq!(submit(toml, &job).0, "/fal-ai/pika/v2.2/text-to-video");
}
