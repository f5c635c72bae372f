//! Ownership and permissions: visitors, uploads, corrections, administrators.

use ai_now_protocol::Event;
use ai_now_protocol::api::State;
use futures_util::future::join_all;

use super::super::{ActivityFilter, Actor, AdminRole, NewKey, NewVisitor, Publishable, StoreError};
use super::world::{World, completed, ended, new};
use crate::clock::{day_of, now_ms};
use crate::domain::{
    NewGeneration, NewUpload, Node, Principal, SubmitError, UploadError, UploadQuota,
};
use crate::secret;

pub(super) async fn visitors_have_budgets_of_their_own(world: &World) {
    let owner = world.owner(1000).await;
    let name = world.store.keys().await.unwrap().last().unwrap().0.name.clone();
    let limits = Publishable { visitor_budget: 30, visitors_per_address: 2, tokens_per_day: 500 };
    let origins = vec!["https://b.example".into(), "https://a.example".into()];
    let page = NewKey::Publishable { owner: name, origins, limits };
    let page = world.store.create_key(page, "a page".into()).await.unwrap();
    let page = world.principal(&page).await;
    assert!(world.other.origin_has_key("https://a.example").await.unwrap());
    assert!(!world.other.key_allows_origin(page.key_id, "https://c.example").await.unwrap());
    let visitor = |subject: &str| NewVisitor {
        key_id: page.key_id,
        subject: subject.into(),
        budget: Some(30),
        address: Some(([9; 32], 2)),
        origin: None,
        lifetime_secs: 60,
    };
    // Of many new visitors at once from one address, two are admitted.
    let both = [&world.store, &world.other];
    let opened = (0..8).map(|n| both[n % 2].open_session(visitor(&format!("s{n}"))));
    let opened: Vec<_> = join_all(opened).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(opened.iter().filter(|one| one.is_ok()).count(), 2, "{opened:?}");
    let mut tokens = opened.into_iter().filter_map(Result::ok);
    let (token, keen) = (tokens.next().unwrap(), tokens.next().unwrap());
    let session = world.other.session_by_token(&token).await.unwrap().unwrap();
    assert_eq!(session.account_id, owner.account_id);
    let guest = Principal { visitor_id: Some(session.visitor_id), ..page.clone() };
    let all = join_all((0..8).map(|n| both[n % 2].accept(new(&guest, 10), Event::Started))).await;
    assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 3, "{all:?}");
    // Each sees only their own generations.
    let place = (u64::MAX >> 1, "~");
    assert_eq!(world.other.generations_before(&guest, place, 9).await.unwrap().len(), 3);
    assert_eq!(world.other.generations_before(&page, place, 9).await.unwrap().len(), 0);
    let left = world.other.visitor_balance(page.account_id, session.visitor_id).await.unwrap();
    assert_eq!((left.available, left.held), (0, 30));
    let renewed = world.store.renew_session(session.clone()).await.unwrap();
    assert!(world.other.session_by_token(&renewed).await.unwrap().is_some());
    // Who renews again and again leaves no more than some rows behind.
    let first = world.other.session_by_token(&keen).await.unwrap().unwrap();
    let mut renewals = Vec::new();
    for _ in 0..110 {
        renewals.push(world.store.renew_session(first.clone()).await.unwrap());
    }
    let is_good = async |token: &str| world.other.session_by_token(token).await.unwrap().is_some();
    assert!(!is_good(&keen).await && !is_good(&renewals[5]).await);
    assert!(is_good(&renewals[109]).await && is_good(&renewals[50]).await);
    assert!(is_good(&renewed).await, "another's");
    let subject = world
        .other
        .visitors(page.account_id, 9)
        .await
        .unwrap()
        .into_iter()
        .find(|visitor| visitor.held == 30)
        .unwrap()
        .subject;
    assert_eq!(world.store.end_visitors(owner.account_id, subject).await.unwrap(), 1);
    assert!(world.other.session_by_token(&token).await.unwrap().is_none());
    assert!(!world.other.owner_is_good(page.key_id, Some(session.visitor_id)).await.unwrap());
    let log = world.other.activity_before(&ActivityFilter::default(), i64::MAX, 1).await.unwrap();
    assert_eq!(log[0].action, "visitor.end");
    // A renewal that was under way meanwhile is of no use.
    let late = world.store.renew_session(session.clone()).await.unwrap();
    assert!(world.other.session_by_token(&late).await.unwrap().is_none());
    assert!(world.other.expired_session(&late).await.unwrap().is_none());
    // A visitor who did nothing is removed once the session has expired.
    let forgotten = world.store.forget_unused_visitors(now_ms() + 1, 9).await.unwrap();
    assert_eq!(forgotten, 0);
}

pub(super) async fn what_is_over_is_forgotten_and_its_sums_stay(world: &World) {
    let owner = world.owner(100).await;
    let kept = world.store.accept(new(&owner, 10), Event::Started).await.unwrap().id;
    let mut gone = Vec::new();
    for n in 0..3 {
        let id = world.store.accept(new(&owner, 10), Event::Started).await.unwrap().id;
        world.store.finish(&id, Node(1), completed(&format!("{n}.mp3"))).await.unwrap();
        gone.push(id);
    }
    let never = world.store.accept(new(&owner, 10), Event::Started).await.unwrap().id;
    world.store.cancel(&never, |_| 0, |_, _| ended(State::Cancelled)).await.unwrap();
    assert_eq!(world.store.forget_never_made(now_ms() + 1, 9).await.unwrap(), 1);
    // Two concurrent clean-ups remove each row once.
    let moment = now_ms() + 1;
    let (one, other) = tokio::join!(
        world.store.forget_finished(moment, 2),
        world.other.forget_finished(moment, 2)
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!((one.0 + other.0, one.1.len() + other.1.len()), (3, 3));
    assert!(world.other.generation(&gone[0]).await.unwrap().is_none());
    assert!(world.other.generation(&kept).await.unwrap().is_some());
    let balance = world.balance(&owner).await;
    assert_eq!((balance.available, balance.held, balance.spent), (60, 10, 30));
    let entries = world.other.ledger_before(owner.account_id, i64::MAX, 9).await.unwrap();
    let kinds: Vec<_> = entries.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["hold", "grant"]);
    let today = day_of(now_ms());
    let usage = world.other.usage_of_day(today, Some(owner.key_id)).await.unwrap();
    let rows: Vec<_> =
        usage.iter().map(|row| (row.outcome.as_str(), row.generations, row.tokens)).collect();
    assert_eq!(rows, [("cancelled", 1, 0), ("completed", 3, 30)]);
}

pub(super) async fn uploads_are_counted_for_all(world: &World) {
    let owner = world.owner(100).await;
    let quota = UploadQuota { owner_files: 3, owner_bytes: 100, all_bytes: 40 };
    let upload = |size_bytes| NewUpload {
        id: secret::name(),
        owner: owner.clone(),
        format: "png",
        size_bytes,
        unused_secs: 0,
    };
    let both = [&world.store, &world.other];
    let kept = join_all((0..8).map(|n| both[n % 2].keep_upload(upload(10), quota))).await;
    assert_eq!(kept.iter().filter(|one| one.is_ok()).count(), 3, "{kept:?}");
    let full = world.store.keep_upload(upload(11), quota).await;
    assert!(matches!(full, Err(UploadError::Full)), "{full:?}");
    let lasting = NewUpload { unused_secs: 60, ..upload(5) };
    let wide = UploadQuota { owner_files: 9, ..quota };
    world.store.keep_upload(lasting.clone(), wide).await.unwrap();
    assert_eq!(world.other.upload_format(&lasting.id).await.unwrap().as_deref(), Some("png"));
    let with = NewGeneration { uploads: vec![lasting.id.clone()], ..new(&owner, 10) };
    world.store.accept(with, Event::Started).await.unwrap();
    assert_eq!(world.store.forget_unused_uploads(9).await.unwrap().len(), 3);
    assert!(world.other.upload_format(&lasting.id).await.unwrap().is_some());
}

/// A concurrent correction is made once.
pub(super) async fn corrections_are_made_once(world: &World) {
    let owner = world.owner(100).await;
    let name = world.store.keys().await.unwrap().last().unwrap().0.name.clone();
    let id = world.store.accept(new(&owner, 30), Event::Started).await.unwrap().id;
    world.store.finish(&id, Node(1), completed("a.mp3")).await.unwrap();
    let both = [&world.store, &world.other];
    let why = || "for a reason".parse().unwrap();
    let refunds = join_all((0..6).map(|n| both[n % 2].refund(&id, Some(20), why()))).await;
    let refunds: Vec<_> = refunds.into_iter().map(Result::unwrap).collect();
    assert_eq!(refunds.iter().filter(|one| **one == Ok(20)).count(), 1, "{refunds:?}");
    let adjusted = join_all((0..6).map(|n| both[n % 2].adjust_down(&name, 40, why()))).await;
    assert_eq!(adjusted.iter().filter(|one| one.is_ok()).count(), 2, "{adjusted:?}");
    let balance = world.balance(&owner).await;
    assert_eq!((balance.granted, balance.available, balance.spent), (20, 10, 10));
    let today = day_of(now_ms());
    let usage = world.other.usage_of_day(today, None).await.unwrap();
    let rows: Vec<_> = usage.iter().map(|row| (row.outcome.as_str(), row.tokens)).collect();
    assert_eq!(rows, [("completed", 30), ("refunded", -20)]);
    let mut keys = Vec::new();
    for overlap_secs in [60, 60, 60, 0] {
        keys.push(world.store.rotate_key(&name, overlap_secs).await.unwrap());
        let (newest, older) = keys.split_last().unwrap();
        let newest = world.other.key_by_secret(newest).await.unwrap().unwrap();
        assert_eq!(newest.id, owner.key_id);
        for key in older {
            let found = world.other.key_by_secret(key).await.unwrap().map(|key| key.id);
            assert_eq!(found, (overlap_secs > 0).then_some(owner.key_id));
        }
    }
    world.store.forget_finished(now_ms() + 1, 9).await.unwrap();
}

pub(super) async fn who_changes_something_is_written_down(world: &World) {
    let ada = Actor { name: "ada".into(), source: "127.0.0.1".into() };
    let store = world.store.acting_as(ada);
    let key = store.create_admin("grace", AdminRole::Viewer).await.unwrap();
    assert!(matches!(
        store.create_admin("grace", AdminRole::Admin).await,
        Err(StoreError::AdminExists(_))
    ));
    assert_eq!(world.other.admin_by_secret(&key).await.unwrap().unwrap().name, "grace");
    store.revoke_admin("grace").await.unwrap();
    store.revoke_admin("grace").await.unwrap();
    assert!(world.other.admin_by_secret(&key).await.unwrap().is_none());
    store.create_key(NewKey::Secret { tokens: 5 }, "Ein Schlüssel".into()).await.unwrap();
    let named = |search: &'static str| world.other.keys_before(i64::MAX, search, 9);
    assert_eq!(named("schl").await.unwrap().len(), 1);
    assert_eq!(named("%").await.unwrap().len(), 0);
    let details = named("").await.unwrap().remove(0);
    let name = details.key.name;
    assert!(matches!(store.grant(&name, 1 << 60).await, Err(StoreError::TooManyTokens)));
    assert_eq!(store.grant(&name, 7).await.unwrap().granted, 12);
    store.revoke_key(&name).await.unwrap();
    let any = ActivityFilter::default();
    let log = world.other.activity_after(&any, 0, 99).await.unwrap();
    let rows: Vec<_> = log.iter().map(|line| line.action.as_str()).collect();
    let all = ["admin.create", "admin.revoke", "key.create", "key.grant", "key.revoke"];
    assert_eq!(rows, all);
    assert!(log.iter().all(|line| line.actor == "ada"));
    let before = world.other.activity_before(&any, i64::MAX, 2).await.unwrap();
    assert_eq!(before[0].action, "key.revoke");
    // Looked for by who, what, to what, and when.
    let moment = log[2].at_ms;
    let found = async |filter: ActivityFilter| {
        let lines = world.other.activity_before(&filter, i64::MAX, 9).await.unwrap();
        assert_eq!(lines.len(), world.store.activity_after(&filter, 0, 9).await.unwrap().len());
        lines.len()
    };
    let by = |actor: &str, action: &str, subject: &str| ActivityFilter {
        actor: actor.into(),
        action: action.into(),
        subject: subject.into(),
        ..ActivityFilter::default()
    };
    for (filter, count) in [
        (by("AD", "", ""), 5),
        (by("eve", "", ""), 0),
        (by("", "key.", ""), 3),
        (by("", "%", ""), 0),
        (by("ada", "revoke", "grace"), 1),
        (by("", "", &name), 3),
    ] {
        assert_eq!(found(filter.clone()).await, count, "{filter:?}");
    }
    let before = found(ActivityFilter { before_ms: Some(moment), ..by("", "", "") }).await;
    assert_eq!(before + found(ActivityFilter { from_ms: moment, ..by("", "", "") }).await, 5);
    // Many at once get numbers in the order in which they can be read.
    let both = [&world.store, &world.other];
    let writing = (0..16).map(|n| both[n % 2].write_down("a.test", n.to_string()));
    join_all(writing).await.into_iter().for_each(Result::unwrap);
    assert_eq!(world.other.activity_after(&any, log[4].id, 99).await.unwrap().len(), 16);
}

/// A repetition is in the log if it was accepted, and only then.
pub(super) async fn an_accepted_repetition_is_written_down(world: &World) {
    let owner = world.owner(15).await;
    let store = world.store.acting_as(Actor { name: "ada".into(), source: "127.0.0.1".into() });
    let repeated = || NewGeneration { repeats: Some("first".into()), ..new(&owner, 10) };
    let again = store.accept(repeated(), Event::Started).await.unwrap();
    let refused = store.accept(repeated(), Event::Started).await;
    assert!(matches!(refused, Err(SubmitError::TooFewTokens { .. })), "{refused:?}");
    let asked = ActivityFilter { action: "generation.again".into(), ..ActivityFilter::default() };
    let lines = world.other.activity_after(&asked, 0, 9).await.unwrap();
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((line.actor.as_str(), line.subject.as_str()), ("ada", "first"));
    assert_eq!(line.after, Some(format!("{{\"id\":\"{}\"}}", again.id)));
}
