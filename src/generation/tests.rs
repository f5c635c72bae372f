//! The fold of a generation: named cases by hand, the rest by properties.

use proptest::prelude::*;

use super::*;

fn fresh() -> Generation {
    let request = GenerateRequest { model: "suno".into(), ..GenerateRequest::default() };
    Generation::new("k".into(), "https://example.com/".into(), request, 1)
}

fn completed(url: &str) -> Event {
    Event::Completed(Completed {
        url: MediaUrl::parse(url).expect("an address of the tests"),
        note: None,
    })
}

#[test]
fn the_documented_stream() {
    let mut generation = fresh();
    let events = [
        Event::Started,
        Event::PROCESSING,
        Event::CookieGenerated,
        Event::PROCESSING,
        completed("https://dl.ai-now.space/summer_pop_song_12345.mp3"),
    ];
    for (seq, event) in (1..).zip(events) {
        assert!(!generation.is_final());
        assert!(generation.apply(Some(seq), event));
    }
    assert_eq!(generation.url().unwrap().file_name(), "summer_pop_song_12345.mp3");
    assert_eq!(generation.last_seq, 5);
}

#[test]
fn what_was_seen_is_dropped() {
    let mut generation = fresh();
    let half = Progress { progress: Some(0.5), ..Progress::default() };
    let tenth = Progress { progress: Some(0.1), ..Progress::default() };
    assert!(generation.apply(Some(2), Event::Processing(half)));
    assert!(!generation.apply(Some(1), Event::Processing(tenth.clone())));
    assert!(!generation.apply(Some(2), Event::Processing(tenth.clone())));
    assert!(generation.apply(Some(3), Event::Processing(tenth)));
    assert_eq!(generation.progress.progress, Some(0.5), "a bar never runs backwards");
}

#[test]
fn an_unknown_status_is_shown_and_ends_nothing() {
    let mut generation = fresh();
    generation.apply(None, Event::Other("Upscaling".into()));
    assert_eq!(generation.progress.step, Some(Message::text("Upscaling")));
    assert!(!generation.is_final());
}

#[test]
fn the_gateway_is_believed_about_the_end() {
    let answer = |state, url: Option<&str>| api::Generation {
        id: "g".into(),
        state,
        model: "suno".into(),
        prompt: "x".into(),
        style: None,
        options: <_>::default(),
        procedural: true,
        price: 10,
        created_at_ms: 1,
        finished_at_ms: None,
        events: "/e".into(),
        all_events: None,
        url: url.map(|url| MediaUrl::parse(url).unwrap()),
        note: None,
        message: Some(Message::text("No.")),
    };
    let failed = |cancelled| Phase::Failed {
        message: Message::text("No."),
        cancelled,
        tokens_returned: Some(10),
    };
    let url = MediaUrl::parse("/a.mp3").unwrap();
    let table = [
        (api::State::Queued, None, Phase::Sending),
        (api::State::Completed, Some("/a.mp3"), Phase::Completed { url, note: None }),
        (api::State::Completed, None, failed(false)),
        (api::State::Failed, None, failed(false)),
        (api::State::Cancelled, None, failed(true)),
    ];
    for (state, url, phase) in table {
        let mut generation = fresh();
        generation.adopt(&answer(state, url));
        assert_eq!(generation.phase, phase);
        assert!(generation.procedural);
    }
}

#[test]
fn a_record_is_read_as_it_is_written() {
    let mut generation = fresh();
    generation.accept("g1".into(), 10);
    generation.apply(Some(4), completed("/media/a.mp3"));
    let json = serde_json::to_string(&generation).unwrap();
    assert_eq!(serde_json::from_str::<Generation>(&json).unwrap(), generation);
    let hostile = json.replace("/media/a.mp3", "javascript:alert(1)");
    assert!(serde_json::from_str::<Generation>(&hostile).is_err());
}

#[test]
fn a_record_holds_no_address_that_ends_with_the_page() {
    let mut generation = fresh();
    let url = MediaUrl::from_own_blob("blob:https://a/1", "a.mp3").unwrap();
    generation.apply(None, Event::Completed(Completed { url, note: None }));
    assert!(generation.is_final());
    let json = serde_json::to_string(&generation.record()).unwrap();
    assert!(!json.contains("blob:"));
    assert_eq!(serde_json::from_str::<Generation>(&json).unwrap().phase, Phase::Running);

    let mut generation = fresh();
    generation.apply(None, completed("/media/a.mp3"));
    assert_eq!(generation.record(), generation);
}

fn any_event() -> impl Strategy<Value = Event> {
    let progress = (
        proptest::option::of(any::<f64>()),
        proptest::option::of(any::<u32>()),
        proptest::option::of(any::<u32>()),
        proptest::option::of(".*"),
    );
    let failure = (".*", any::<bool>(), proptest::option::of(any::<u32>()));
    prop_oneof![
        Just(Event::Started),
        Just(Event::CookieGenerated),
        progress.prop_map(|(progress, queue_position, eta_secs, step)| {
            let step = step.map(Message::text);
            Event::Processing(Progress { progress, queue_position, eta_secs, step })
        }),
        "/[a-z]{1,8}\\.(mp3|mp4|png)".prop_map(|url| completed(&url)),
        failure.prop_map(|(message, cancelled, tokens_returned)| {
            let message = Message::text(message);
            Event::Failed(Failure { message, cancelled, tokens_returned })
        }),
        ".*".prop_map(Event::Other),
    ]
}

proptest! {
    #[test]
    fn the_first_end_is_the_end(
        events in prop::collection::vec((proptest::option::of(0..20_u64), any_event()), 0..40),
    ) {
        let mut generation = fresh();
        let mut end: Option<Phase> = None;
        for (seq, event) in events {
            let last = event.is_last();
            let changed = generation.apply(seq, event);
            if let Some(end) = &end {
                prop_assert!(!changed);
                prop_assert_eq!(&generation.phase, end);
            } else {
                prop_assert_eq!(generation.is_final(), changed && last);
                end = generation.is_final().then(|| generation.phase.clone());
            }
        }
    }

    #[test]
    fn a_replayed_stream_changes_nothing(
        events in prop::collection::vec(any_event(), 1..20),
        again in any::<prop::sample::Index>(),
    ) {
        let mut generation = fresh();
        for (seq, event) in (1..).zip(&events) {
            generation.apply(Some(seq), event.clone());
        }
        let before = generation.clone();
        let from = again.index(events.len());
        for (seq, event) in (1..).zip(&events).skip(from) {
            if seq <= generation.last_seq {
                prop_assert!(!generation.apply(Some(seq), event.clone()));
            }
        }
        // NaN in a progress is not equal to itself; its serialised form is.
        prop_assert_eq!(format!("{generation:?}"), format!("{before:?}"));
    }

    /// Whatever happens in whatever order: nothing panics, an end is final, and what is shown stays
    /// within its limits.
    #[test]
    fn whatever_happens_an_end_stays(happenings in prop::collection::vec(any_happening(), 0..40)) {
        let mut generation = fresh();
        let mut end: Option<Phase> = None;
        let mut seen = 0;
        let mut part = 0.0;
        for happening in happenings {
            match happening {
                Happening::Event(seq, event) => _ = generation.apply(seq, as_read(event)),
                Happening::Answer(answer) => _ = generation.adopt(&answer),
                Happening::Accepted(id, price) => generation.accept(id, price),
                Happening::GivenUp(message, cancelled) => {
                    generation.give_up(Message::text(message), cancelled);
                }
                Happening::Stopped => generation.stopping = !generation.is_final(),
                Happening::Reloaded => generation = reloaded(&generation),
            }
            prop_assert!(generation.last_seq >= seen, "numbers only rise");
            seen = generation.last_seq;
            if let Some(end) = &end {
                prop_assert_eq!(&generation.phase, end);
            }
            if generation.is_final() {
                end = Some(generation.phase.clone());
                prop_assert_eq!(&generation.progress, &Progress::default(), "no bar stands still");
                prop_assert_eq!((generation.stopping, generation.link), (false, Link::Fine));
            }
            // A page that was reloaded starts its progress bar anew, from what the stream repeats.
            let now = generation.progress.progress.unwrap_or(0.0);
            prop_assert!((0.0..=1.0).contains(&now));
            let moves_on = generation.progress == Progress::default() || now >= part;
            prop_assert!(moves_on, "{now} after {part}");
            part = now;
        }
    }

    /// Wherever a page was closed, and wherever its stream resumes: the result is the same.
    #[test]
    fn resumed_anywhere_it_comes_to_the_same(
        events in prop::collection::vec(any_event(), 1..20),
        closed in any::<prop::sample::Index>(),
        overlap in any::<prop::sample::Index>(),
    ) {
        let numbered: Vec<_> = (1..).zip(&events).collect();
        let mut whole = fresh();
        for (seq, event) in &numbered {
            whole.apply(Some(*seq), (*event).clone());
        }
        let closed = closed.index(events.len() + 1);
        let mut generation = fresh();
        for (seq, event) in &numbered[..closed] {
            generation.apply(Some(*seq), (*event).clone());
        }
        let mut generation = reloaded(&generation);
        // A gateway may repeat some events.
        for (seq, event) in &numbered[overlap.index(closed + 1)..] {
            generation.apply(Some(*seq), (*event).clone());
        }
        prop_assert_eq!(reloaded(&generation), reloaded(&whole));
        prop_assert_eq!(generation.is_final(), events.iter().any(Event::is_last));
    }

    /// The end is reported once, however often it arrives, by events or by answers.
    #[test]
    fn the_end_is_news_once(
        end in any_event().prop_filter("an end", Event::is_last),
        later in prop::collection::vec(any_happening(), 0..20),
    ) {
        let mut generation = fresh();
        prop_assert!(generation.apply(None, end));
        for happening in later {
            match happening {
                Happening::Event(seq, event) => prop_assert!(!generation.apply(seq, event)),
                Happening::Answer(answer) => prop_assert!(!generation.adopt(&answer)),
                _ => {}
            }
        }
    }
}

/// As the protocol's parser returns it: with a fraction between 0 and 1.
fn as_read(event: Event) -> Event {
    let json = serde_json::to_string(&event).expect("an event");
    serde_json::from_str(&json).unwrap_or(event)
}

/// As a page that is opened again finds it.
fn reloaded(generation: &Generation) -> Generation {
    let json = serde_json::to_string(&generation.record()).expect("a record");
    serde_json::from_str(&json).expect("the same record")
}

/// All that can happen to a generation.
#[derive(Clone, Debug)]
enum Happening {
    Event(Option<u64>, Event),
    Answer(Box<api::Generation>),
    Accepted(String, u32),
    GivenUp(String, bool),
    Stopped,
    Reloaded,
}

fn any_happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => (proptest::option::of(any::<u64>()), any_event())
            .prop_map(|(seq, event)| Happening::Event(seq, event)),
        3 => (proptest::option::of(0..20_u64), any_event())
            .prop_map(|(seq, event)| Happening::Event(seq, event)),
        2 => any_answer().prop_map(|answer| Happening::Answer(Box::new(answer))),
        1 => (".*", any::<u32>()).prop_map(|(id, price)| Happening::Accepted(id, price)),
        1 => (".*", any::<bool>()).prop_map(|(said, stop)| Happening::GivenUp(said, stop)),
        1 => Just(Happening::Stopped),
        1 => Just(Happening::Reloaded),
    ]
}

fn any_answer() -> impl Strategy<Value = api::Generation> {
    let state = prop::sample::select(vec![
        api::State::Queued,
        api::State::Running,
        api::State::Completed,
        api::State::Failed,
        api::State::Cancelled,
    ]);
    let url = proptest::option::of("/[a-z]{1,8}\\.(mp3|mp4|png)");
    let text = || proptest::option::of(".*");
    (state, url, text(), text(), any::<u32>(), any::<bool>()).prop_map(
        |(state, url, note, message, price, procedural)| api::Generation {
            id: "g".into(),
            state,
            model: "suno".into(),
            prompt: "x".into(),
            style: None,
            options: <_>::default(),
            procedural,
            price,
            created_at_ms: 1,
            finished_at_ms: None,
            events: "/e".into(),
            all_events: None,
            url: url.map(|url| MediaUrl::parse(&url).expect("an address of the tests")),
            note: note.map(Message::text),
            message: message.map(Message::text),
        },
    )
}
