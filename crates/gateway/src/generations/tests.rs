//! A panic in a provider: that generation fails, costs nothing and is logged once; the others are
//! not affected.

mod sharing;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ai_now_protocol::api::State;
use ai_now_protocol::{Event, GenerateRequest};
use futures_util::future::{BoxFuture, join_all};

use super::{GenerationService, LEASE, Settings};
use crate::config::{Config, Limits};
use crate::domain::{GatewayRole, Principal};
use crate::limits;
use crate::media::{self, MediaSettings, Users};
use crate::metrics::Metrics;
use crate::providers::{Output, Provider, ProviderError, ProviderPool, Sketch, Task};
use crate::store::{NewKey, Store};

/// The sketch engine, which panics at certain prompts.
struct Faulty;

impl Provider for Faulty {
    fn make(&self, task: Task) -> BoxFuture<'_, Result<Output, ProviderError>> {
        if task.job.prompt.contains("fault") {
            return Box::pin(async move { panic!("{}", task.job.prompt) });
        }
        Box::pin(async move { Sketch.make(task).await })
    }
}

#[tokio::test]
async fn a_panic_in_a_provider_fails_only_its_generation() {
    const FAULT: &str = "a song that finds the fault";
    let logged = Arc::new(AtomicUsize::new(0));
    let (count, before) = (logged.clone(), std::panic::take_hook());
    // The program logs in this hook.
    std::panic::set_hook(Box::new(move |panic| {
        if panic.payload_as_str() == Some(FAULT) {
            count.fetch_add(1, Ordering::SeqCst);
        } else {
            before(panic);
        }
    }));

    let data = tempfile::tempdir().unwrap();
    let metrics = Metrics::default();
    let store = Store::open(data.path(), metrics.clone()).await.unwrap();
    let key = store.create_key(NewKey::Secret { tokens: 100 }, String::new()).await.unwrap();
    let key = store.key_by_secret(&key).await.unwrap().unwrap();
    let opened = media::open(&MediaSettings::default(), data.path(), Users::One).await;
    let (media, uploads) = opened.unwrap();
    let pool = ProviderPool::all_by(Arc::new(Faulty), &metrics);
    let settings = Settings {
        queue: 10,
        per_owner: 10,
        role: GatewayRole::All,
        lease: LEASE,
        upload_urls: None,
    };
    let service =
        GenerationService::new(store.clone(), media.clone(), uploads, pool, metrics, settings);
    service.resume().await.unwrap();
    let limits = limits::Limits::new(&Limits::default(), 100);

    let runs = ["a song, 5 seconds", FAULT, "another song, 5 seconds"].map(|prompt| {
        let owner = Principal {
            key_id: key.id,
            account_id: key.account_id,
            visitor_id: None,
            tokens_per_day: None,
        };
        let request = GenerateRequest {
            model: "suno".into(),
            prompt: prompt.into(),
            ..GenerateRequest::default()
        };
        let permit = limits.generation(Config::default().listen.ip());
        let service = service.clone();
        async move {
            let id = service.accept(owner, request, None, permit).await.unwrap().id;
            let mut events = service.subscribe(&id, 0).await.unwrap();
            let mut last = None;
            while let Some(batch) = events.next().await.unwrap() {
                last = batch.last().map(|event| serde_json::from_slice(event.json()).unwrap());
            }
            (id, last.unwrap())
        }
    });
    let ends = join_all(runs).await;
    assert!(matches!(ends[0].1, Event::Completed(_)), "{:?}", ends[0]);
    assert!(matches!(ends[2].1, Event::Completed(_)), "{:?}", ends[2]);
    let Event::Failed(failure) = &ends[1].1 else { panic!("{:?}", ends[1]) };
    assert_eq!(failure.tokens_returned, Some(10));
    assert!(!failure.message.text.contains("finds"), "{}", failure.message.text);
    assert_eq!(store.generation(&ends[1].0).await.unwrap().unwrap().state, State::Failed);
    assert_eq!(logged.load(Ordering::SeqCst), 1);

    let balance = store.balance(key.account_id).await.unwrap();
    assert_eq!((balance.available, balance.held, balance.spent), (80, 0, 20));
    service.stop(Duration::from_secs(60), Duration::from_secs(9)).await;
    assert_eq!(service.active_count(), 0);
    let audit = store.audit().await.unwrap();
    assert_eq!(audit.faults, Vec::<String>::new());
    assert_eq!(media.audit(&audit.media).await.unwrap(), (Vec::new(), 0));
    store.close().await;
}
