//! A gateway with an administrator and one key, as the tests of what administrators do to a key have
//! it.

use ai_now_gateway::store::AdminRole;
use serde_json::Value;

use crate::support::{Gateway, Place};

/// The gateway, and who may do what there.
pub(crate) struct World {
    pub(crate) place: Place,
    pub(crate) gateway: Gateway,
    /// An administrator's key.
    pub(crate) admin: String,
    /// A secret key.
    pub(crate) key: String,
    /// The name of that key.
    pub(crate) name: String,
}

impl World {
    /// A key with so many tokens.
    pub(crate) async fn new(tokens: u64) -> Self {
        let place = Place::new();
        let admin = place.admin("ada", AdminRole::Admin).await;
        let key = place.key(tokens).await;
        let store = place.store().await;
        let name = store.key_by_secret(&key).await.unwrap().unwrap().name;
        store.close().await;
        let gateway = place.start().await;
        Self { place, gateway, admin, key, name }
    }

    pub(crate) async fn get(&self, path: &str, key: &str) -> Value {
        let response = self.gateway.get(path, key).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    /// Stops the gateway, and audits what it leaves.
    pub(crate) async fn end(self) {
        self.gateway.stop().await;
        self.place.assert_sound().await;
    }
}
