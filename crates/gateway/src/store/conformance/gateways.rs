//! What gateways that share a store know alike: who is signed in, and whose circuit breaker is open.

use std::time::Duration;

use futures_util::future::join_all;

use super::super::AdminRole;
use super::world::World;
use crate::domain::Node;

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

pub(super) async fn a_session_is_good_everywhere_until_it_ends(world: &World) {
    let (store, other) = (&world.store, &world.other);
    let key = store.create_admin("ada", AdminRole::Viewer).await.unwrap();
    let ada = store.admin_by_secret(&key).await.unwrap().unwrap();
    let [one, two] = [(); 2].map(|()| store.open_admin_session(&ada, HOUR));
    let (one, two) = (one.await.unwrap(), two.await.unwrap());
    assert_eq!(other.use_admin_session("nonsense", HOUR).await.unwrap().map(|ada| ada.name), None);
    for store in [store, other] {
        let found = store.use_admin_session(&one, HOUR).await.unwrap().unwrap();
        assert_eq!((found.name.as_str(), found.role), ("ada", AdminRole::Viewer));
    }
    // It ends when it is not used, which looking at it does not count for.
    let (idle, pause) = (Duration::from_millis(1100), Duration::from_millis(1200));
    tokio::time::sleep(pause).await;
    assert!(other.admin_session_is_good(&one, HOUR).await.unwrap());
    assert!(!other.admin_session_is_good(&one, idle).await.unwrap());
    assert!(store.use_admin_session(&one, 20 * Duration::from_secs(1)).await.unwrap().is_some());
    assert!(other.admin_session_is_good(&one, idle).await.unwrap(), "it was used just now");
    // Whoever signs out is signed out everywhere; the others stay.
    other.end_admin_session(&one).await.unwrap();
    assert!(store.use_admin_session(&one, HOUR).await.unwrap().is_none());
    assert!(store.use_admin_session(&two, HOUR).await.unwrap().is_some());
    // It is no better than its key.
    other.revoke_admin("ada").await.unwrap();
    assert!(!store.admin_session_is_good(&two, HOUR).await.unwrap());
}

pub(super) async fn there_are_never_too_many_sessions(world: &World) {
    let key = world.store.create_admin("ada", AdminRole::Admin).await.unwrap();
    let ada = world.store.admin_by_secret(&key).await.unwrap().unwrap();
    let first = world.store.open_admin_session(&ada, HOUR).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let both = [&world.store, &world.other];
    let many = join_all((0..1000).map(|n| both[n % 2].open_admin_session(&ada, HOUR))).await;
    let good = async |token: &str| world.other.admin_session_is_good(token, HOUR).await.unwrap();
    assert!(!good(&first).await, "the one that was not used for longest goes");
    for token in many {
        assert!(good(&token.unwrap()).await);
    }
}

pub(super) async fn a_circuit_breaker_is_open_for_all_and_one_tries(world: &World) {
    let (store, other) = (&world.store, &world.other);
    let node = store.join(HOUR).await.unwrap();
    let since = store.open_breaker("dream", MINUTE).await.unwrap();
    assert_eq!(other.open_breaker("dream", MINUTE).await.unwrap(), since, "it was open already");
    let look = async || {
        let mut open = other.open_breakers().await.unwrap();
        assert_eq!(
            (open.len(), open[0].provider.as_str(), open[0].opened_at_ms),
            (1, "dream", since)
        );
        open.remove(0)
    };
    let open = look().await;
    assert!(open.open_for() > MINUTE / 2 && open.open_for() <= MINUTE && !open.is_tried_by(node));
    assert!(!store.claim_probe("dream", node, MINUTE).await.unwrap(), "the cooldown lasts");
    store.open_breaker("dream", Duration::ZERO).await.unwrap();
    let trying = if store.is_shared() {
        let rival = other.join(HOUR).await.unwrap();
        // Their cooldown is over at once, but not the try of the one who tries.
        let (one, two) = tokio::join!(
            store.claim_probe("dream", node, Duration::ZERO),
            other.claim_probe("dream", rival, Duration::ZERO)
        );
        let (one, two) = (one.unwrap(), two.unwrap());
        assert!(one != two, "one alone tries: {one} {two}");
        let (winner, loser) = if one { (node, rival) } else { (rival, node) };
        assert!(look().await.is_tried_by(winner));
        // Whoever is not alive tries nothing.
        store.leave(winner).await.unwrap();
        assert!(store.claim_probe("dream", loser, Duration::ZERO).await.unwrap());
        loser
    } else {
        assert!(store.claim_probe("dream", node, Duration::ZERO).await.unwrap());
        assert!(!store.claim_probe("dream", Node(node.0 + 1), Duration::ZERO).await.unwrap());
        node
    };
    store.release_probe("dream", trying, MINUTE).await.unwrap();
    let open = look().await;
    assert!(open.open_for() > MINUTE / 2 && !open.is_tried_by(trying));
    other.close_breaker("dream").await.unwrap();
    assert_eq!(store.open_breakers().await.unwrap(), []);
    assert!(!store.claim_probe("dream", trying, MINUTE).await.unwrap(), "there is nothing to try");
}
