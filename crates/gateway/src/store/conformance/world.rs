//! The stores under test, and their test data.

use ai_now_protocol::api::{Balance, State};
use ai_now_protocol::event::{Completed, Failure};
use ai_now_protocol::{Event, MediaUrl, Message};

use super::super::testing::TestServer;
use super::super::{KeyInfo, NewKey, Store};
use crate::domain::{NewGeneration, Node, Outcome, Principal};
use crate::metrics::Metrics;
use crate::secret;

/// An empty store, and a second connection to it.
pub(super) struct World {
    pub(super) store: Store,
    pub(super) other: Store,
    _file: Option<tempfile::TempDir>,
}

impl World {
    pub(super) async fn of_file() -> Self {
        let data = tempfile::tempdir().unwrap();
        let open = async || Store::open(data.path(), Metrics::default()).await.unwrap();
        Self { store: open().await, other: open().await, _file: Some(data) }
    }

    pub(super) async fn of_server() -> Self {
        let server = TestServer::new();
        let (store, other) = (server.store().await, server.store().await);
        Self { store, other, _file: None }
    }

    /// The owner of a new account.
    pub(super) async fn owner(&self, tokens: u64) -> Principal {
        let key = self.store.create_key(NewKey::Secret { tokens }, "a site".into()).await.unwrap();
        self.principal(&key).await
    }

    pub(super) async fn principal(&self, key: &str) -> Principal {
        let KeyInfo { id, account_id, publishable, .. } =
            self.other.key_by_secret(key).await.unwrap().unwrap();
        let tokens_per_day = publishable.map(|limits| limits.tokens_per_day);
        Principal { key_id: id, account_id, visitor_id: None, tokens_per_day }
    }

    pub(super) async fn balance(&self, owner: &Principal) -> Balance {
        self.other.balance(owner.account_id).await.unwrap()
    }

    /// Checks that the store is consistent in the end, whatever the test did. Media files are not
    /// checked.
    pub(super) async fn end(self) {
        let faults = self.other.audit().await.unwrap().faults;
        assert_eq!(faults, Vec::<String>::new());
        self.store.close().await;
        self.other.close().await;
    }
}

pub(super) fn new(owner: &Principal, price: u32) -> NewGeneration {
    NewGeneration {
        id: secret::name(),
        owner: owner.clone(),
        model: "suno".into(),
        prompt: "a song – “für Elise”\n🎵".into(),
        options: [("seed".into(), 1u32.into())].into(),
        uploads: Vec::new(),
        procedural: true,
        price,
        submission: None,
        node: Some(Node(1)),
        concurrent_limit: 100,
        repeats: None,
    }
}

pub(super) fn completed(name: &str) -> Outcome {
    let url = MediaUrl::parse(&format!("/media/{name}")).unwrap();
    Outcome::Completed {
        provider: "sketch".into(),
        media_name: name.into(),
        size_bytes: 5,
        note: Some(Message::text("A “note”.")),
        procedural: true,
        event: Event::Completed(Completed { url, note: None }),
    }
}

pub(super) fn ended(state: State) -> Outcome {
    ended_with(state, "It ended.")
}

pub(super) fn ended_with(state: State, why: &'static str) -> Outcome {
    let message = Message::text(why);
    let event = Event::Failed(Failure { message: message.clone(), ..Failure::default() });
    Outcome::Ended { state, message, event }
}
