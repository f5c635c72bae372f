//! A message of each code, with parameters as they are really sent.

use ai_now_protocol::options::{ASPECT_RATIO, IMAGE, INSTRUMENTAL, LYRICS, SECONDS, STYLE};
use ai_now_protocol::{Catalog, Code, Detail, GenerateRequest, Message, Scalar};

/// What is written so in every language: names of models and formats, what is typed into an API, and what
/// languages of other letters write in Latin ones.
pub(super) const KEPT: &[&str] = &[
    "Suno",
    "Luma",
    "Pika",
    "Run",
    "suno",
    "luma",
    "pika",
    "run",
    "JPEG",
    "PNG",
    "WebP",
    "GIF",
    "AI",
    "Now",
    "API",
    "HTTPS",
    "https",
    "example",
    "com",
    "next",
    "ID",
    "UFO",
    "3D",
    "3d",
    "C",
    "D",
    "E",
    "F",
    "G",
    "A",
    "B",
    "Eb",
    "Ab",
    "Bb",
    "queued",
    "running",
    "completed",
    "failed",
    "cancelled",
    "Webhook",
    "webhook",
];

/// What the built-in catalog answers to a request.
fn refused(json: &str) -> Message {
    let request: GenerateRequest = serde_json::from_str(json).expect("a request");
    request.check(&Catalog::BUILT_IN).expect_err("nothing that can be made").message()
}

/// What an option takes.
fn allowed(model: &str, option: &str) -> Detail {
    let catalog = Catalog::BUILT_IN;
    let model = catalog.model(model).expect("a model");
    model.option(option).expect("an option").allowed()
}

fn alone(detail: Detail) -> Message {
    let Detail { code, params, .. } = detail;
    Message { code, params, ..Message::text("English.") }
}

/// A message of that code.
pub(super) fn sample(code: Code) -> Message {
    let with = |params: &[(&'static str, Scalar)]| {
        let message = Message::new(code, "English.");
        params.iter().fold(message, |all, (name, value)| all.with(name, value.clone()))
    };
    let name = |name: &'static str| with(&[("name", name.into())]);
    match code {
        Code::NoModel => refused(r#"{"model":"","prompt":"x"}"#),
        Code::UnknownModel => refused(r#"{"model":"a model","prompt":"x"}"#),
        Code::PromptTooLong => with(&[("chars", 2100_u32.into()), ("max_chars", 2000_u32.into())]),
        Code::NoStyles => refused(r#"{"model":"luma","prompt":"x","style":"4"}"#),
        Code::UnknownStyle => refused(r#"{"model":"pika","prompt":"x","style":"a style"}"#),
        Code::UnknownOption => {
            refused(r#"{"model":"suno","prompt":"x","options":{"resolution":"720p"}}"#)
        }
        Code::InvalidOption => refused(r#"{"model":"pika","prompt":"x","options":{"seconds":7}}"#),
        Code::InvalidParameter => name("tokens").detail(
            Detail::new(Code::AllowedRange, "from 1 to 9").with("min", 1_u32).with("max", 9_u32),
        ),
        Code::TooFewTokens => with(&[("price", 30_u32.into()), ("available", 20_u32.into())]),
        Code::UnsupportedPicture => with(&[("allowed", "JPEG, PNG, WebP, GIF".into())]),
        Code::BodyTooLarge => with(&[("max_bytes", 65_536_u32.into())]),
        Code::InvalidBody => with(&[("line", 1_u32.into()), ("column", 7_u32.into())]),
        Code::CancelledCharged => with(&[("tokens", 5_u32.into())]),
        Code::ProceduralSketch => Message::new(code, "Procedural sketch: day")
            .detail(Detail::new(Code::SketchMeaning, "day").with("name", "day")),
        Code::ProviderBusyFor | Code::ProviderDown => {
            with(&[("model", "Luma".into()), ("minutes", 4_u32.into())])
        }
        Code::AllowedValues => alone(allowed("run", ASPECT_RATIO)),
        Code::AllowedRange => alone(allowed("run", SECONDS)),
        Code::AllowedSteps => alone(allowed("pika", SECONDS)),
        Code::AllowedFlag => alone(allowed("suno", INSTRUMENTAL)),
        Code::AllowedLength => alone(allowed("suno", LYRICS)),
        Code::AllowedUpload => alone(allowed("pika", IMAGE)),
        Code::AllowedLonger => with(&[("min", 10_u32.into())]),
        Code::AllowedWithPicture => with(&[("value", 5_u32.into())]),
        Code::AllowedSame => with(&[("field", STYLE.into())]),
        Code::AllowedPeriod => with(&[("max_days", 366_u32.into())]),
        Code::AllowedOrigins => with(&[("max", 100_u32.into())]),
        Code::SketchStyle => name("Black & White"),
        Code::SketchGenre => name("drum and bass"),
        Code::SketchTempo => with(&[("bpm", 92_u32.into())]),
        Code::SketchKey => name("Eb minor"),
        Code::SketchSeconds => with(&[("seconds", 8_u32.into())]),
        Code::SketchMeaning | Code::SketchWithout => name("electric piano"),
        Code::SketchThings => with(&[("count", 2_u32.into()), ("name", "horse".into())]),
        Code::SketchLinesLeftOut => with(&[("lines", 1_u32.into())]),
        _ if code.params() == ["model"] => with(&[("model", "Luma".into())]),
        _ => {
            assert!(code.params().is_empty(), "a sample for {code:?}");
            Message::new(code, "English.")
        }
    }
}
