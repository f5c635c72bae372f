//! When a circuit breaker opens and closes, and what the catalog says of it.

use super::*;
use crate::providers::circuit_breaker::{Admission, CircuitBreaker};
use crate::providers::{ErrorKind, Verdict};

#[test]
fn only_its_own_failures_open_its_circuit_breaker() {
    let metrics = Metrics::default();
    let pooled = PooledProvider {
        breaker: CircuitBreaker::new(2, Duration::from_secs(60)),
        ..PooledProvider::sketch(1, &metrics)
    };
    let fail = |kind| pooled.failed(kind, Duration::ZERO);
    fail(ErrorKind::Transient);
    // Not its fault, or not for long.
    fail(ErrorKind::ContentPolicy);
    fail(ErrorKind::Permanent);
    assert_eq!(pooled.open_for(), None);
    pooled.succeeded(Duration::ZERO);
    fail(ErrorKind::Transient);
    assert_eq!(pooled.open_for(), None);
    fail(ErrorKind::Unavailable);
    assert!(pooled.open_for().is_some_and(|left| left <= Duration::from_secs(60)));
    assert_eq!(pooled.admits(), Admission::Refused);
    let over = || pooled.breaker.cool_down();
    over();
    assert_eq!(pooled.open_for(), None);
    // One alone finds out, however long that takes; where it fails, the breaker stays open.
    assert_eq!(pooled.admits(), Admission::Probe);
    over();
    assert_eq!(pooled.admits(), Admission::Refused);
    assert!(pooled.open_for().is_some());
    assert_eq!(fail(ErrorKind::Transient), Verdict::Opens);
    pooled.probe_ended(pooled.cooldown());
    assert_eq!(pooled.admits(), Admission::Refused);
    let text = metrics.text(0);
    for line in [
        "ai_now_provider_ended_total{provider=\"sketch\",outcome=\"transient\"} 3",
        "ai_now_provider_ended_total{provider=\"sketch\",outcome=\"succeeded\"} 1",
        "ai_now_provider_duration_seconds_count{provider=\"sketch\"} 1",
        "ai_now_provider_circuit_open{provider=\"sketch\"} 1",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    over();
    assert_eq!(pooled.admits(), Admission::Probe);
    assert!(pooled.succeeded(Duration::ZERO));
    pooled.probe_ended(Duration::ZERO);
    assert_eq!([pooled.admits(), pooled.admits()], [Admission::Closed; 2]);
    for answer in [ErrorKind::Transient, ErrorKind::Unavailable, ErrorKind::ContentPolicy] {
        fail(answer);
    }
    assert_eq!(pooled.admits(), Admission::Closed, "one that refuses by its policy works");
}

#[test]
fn what_other_gateways_say_opens_and_closes_it() {
    let pooled = PooledProvider::sketch(1, &Metrics::default());
    let opened = Some((7, Duration::from_secs(60)));
    pooled.breaker_heard(opened);
    assert!(pooled.open_for().is_some());
    assert_eq!(pooled.admits(), Admission::Refused);
    pooled.breaker_heard(None);
    assert_eq!(pooled.admits(), Admission::Closed);
    // Open elsewhere, one failure more keeps it open, whatever was counted here.
    pooled.breaker_heard(Some((7, Duration::ZERO)));
    assert_eq!(pooled.admits(), Admission::Probe);
    assert_eq!(pooled.failed(ErrorKind::Transient, Duration::ZERO), Verdict::Opens);
    // What has just opened here, and the store has not heard of, is not closed by its word.
    let ours = PooledProvider {
        breaker: CircuitBreaker::new(1, Duration::from_secs(60)),
        ..PooledProvider::sketch(1, &Metrics::default())
    };
    assert_eq!(ours.failed(ErrorKind::Transient, Duration::ZERO), Verdict::Opens);
    ours.breaker_heard(None);
    assert_eq!(ours.admits(), Admission::Refused);
    ours.breaker_kept(7);
    ours.breaker_heard(None);
    assert_eq!(ours.admits(), Admission::Closed);
}

#[test]
fn the_catalog_tells_who_is_busy_or_away() {
    let toml = "[luma]\nkind = 'command'\nprogram = '/bin/sh'\nconcurrent = 1\nfailure_threshold = 1\n\
                cooldown_secs = 90";
    let providers: Providers = toml::from_str(toml).unwrap();
    let routed = |routes: &[&str]| {
        let route = routes.iter().map(ToString::to_string).collect();
        let routes = HashMap::from([("luma".to_owned(), route)]);
        let config = CatalogConfig { routes, ..CatalogConfig::default() };
        let data = tempfile::tempdir().unwrap();
        ProviderPool::open(config, &providers, 1, data.path(), &Metrics::default()).unwrap()
    };
    let status = |pool: &ProviderPool| {
        pool.catalog_now()
            .model("luma")
            .unwrap()
            .status
            .clone()
            .map(|status| status.text.into_owned())
    };
    let pool = routed(&["luma"]);
    let luma = pool.get("luma").unwrap().clone();
    assert_eq!(status(&pool), None);
    let slot = luma.slots.try_acquire().unwrap();
    assert_eq!(status(&pool).as_deref(), Some("Luma is busy."));
    luma.succeeded(Duration::from_secs(60));
    assert_eq!(status(&pool).as_deref(), Some("Luma is busy, about 2 minutes."));
    luma.queue.insert();
    luma.queue.insert();
    assert_eq!(status(&pool).as_deref(), Some("Luma is busy, about 4 minutes."));
    drop(slot);
    luma.failed(ErrorKind::Transient, Duration::ZERO);
    let away = "Luma does not answer. Try again in about a minute.";
    assert_eq!(status(&pool).as_deref(), Some(away));

    let pool = routed(&["luma", "sketch"]);
    pool.get("luma").unwrap().failed(ErrorKind::Unavailable, Duration::ZERO);
    let stands_in = "Luma does not answer; procedural sketches stand in for it.";
    assert_eq!(status(&pool).as_deref(), Some(stands_in));
}
