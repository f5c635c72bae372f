//! The visitor's session with the gateway: a token that is opened once, shared by all elements and
//! tabs of the page's origin, and renewed before it expires. And the balance.

use std::rc::Rc;

use ai_now_protocol::Message;
use ai_now_protocol::api::{self, Balance, Upload};
use futures_util::lock::Mutex;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::connection::{Connection, ConnectionState};
use super::loading::{Loading, Part};
use super::page::Page;
use crate::api::client::Gateway;
use crate::api_error::ApiError;
use crate::i18n::Word;
use crate::platform::browser::storage;
use crate::platform::clock::now_millis;
use crate::platform::json;

/// A token that is valid for less than this, or for less than a fifth of its lifetime, is renewed
/// first.
const RENEW_BEFORE_MILLIS: u64 = 5 * 60 * 1000;

/// What is stored of a session.
#[derive(Serialize, Deserialize)]
struct Kept {
    token: String,
    good_until_ms: u64,
    /// When it is to be renewed.
    #[serde(default)]
    renew_at_ms: u64,
}

thread_local! {
    /// A lock: two elements of one page that open a session at once would be two visitors.
    static OPENING: Rc<Mutex<()>> = Rc::default();
    /// If storage is denied, the page itself remembers it.
    static MEMORY: std::cell::RefCell<Vec<(String, String)>> =
        const { std::cell::RefCell::new(Vec::new()) };
}

/// The visitor. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Visitor {
    page: Page,
    connection: Connection,
    loading: Loading,
    /// The balance, once it is known.
    pub(crate) balance: RwSignal<Option<Balance>>,
    /// How many sessions were opened or renewed.
    opened: StoredValue<u32>,
}

impl Visitor {
    pub(super) fn new(page: Page, connection: Connection, loading: Loading) -> Self {
        Self {
            page,
            connection,
            loading,
            balance: RwSignal::new(None),
            opened: StoredValue::new(0),
        }
    }

    /// Makes sure that there is a session, and that the balance is known.
    pub(super) async fn connect(self) {
        if self.page.has_session() {
            // Another function may identify another person.
            forget(&self.page.gateway());
        }
        let mut attempt = 0;
        loop {
            let Err(error) = self.load_balance().await else { return };
            let transient = error.is_transient();
            self.connection.state.set(ConnectionState::Failed(error.clone()));
            self.loading.loaded(Part::Session);
            if !transient {
                // The studio shows it; the page's owner is warned, too.
                return self.page.warn(&self.page.sentence(&error), false);
            }
            self.page.wait(&mut attempt, &error).await;
        }
    }

    /// Loads the balance. A session that is opened or renewed for this brings it along.
    pub(super) async fn load_balance(self) -> Result<(), ApiError> {
        let base = self.page.gateway();
        let opened = self.opened.get_value();
        let token = self.token().await?;
        if self.opened.try_get_value() != Some(opened) {
            return Ok(());
        }
        let balance = match Gateway(&base).balance(&token).await {
            Err(ApiError::Unauthorized) => {
                let token = self.new_token(&token).await?;
                Gateway(&base).balance(&token).await
            }
            answer => answer,
        };
        self.set_balance(balance?);
        Ok(())
    }

    /// Sets the balance. Once it is known, generations can be requested.
    pub(super) fn set_balance(self, balance: Balance) {
        self.balance.set(Some(balance));
        self.connection.state.set(ConnectionState::Ready);
        self.loading.loaded(Part::Session);
        self.page.emit("balance", json::to_js(&balance));
    }

    /// Uploads a picture to the gateway, for a generation that starts from it.
    ///
    /// # Errors
    /// [`ApiError`]
    pub(crate) async fn upload(self, file: &web_sys::File) -> Result<Upload, ApiError> {
        let base = self.page.gateway();
        let token = self.token().await?;
        match Gateway(&base).upload(&token, file).await {
            Err(ApiError::Unauthorized) => {
                let token = self.new_token(&token).await?;
                Gateway(&base).upload(&token, file).await
            }
            answer => answer,
        }
    }

    /// A valid token.
    pub(super) async fn token(self) -> Result<String, ApiError> {
        let base = self.page.gateway();
        let opening = OPENING.with(Rc::clone);
        let _alone = opening.lock().await;
        let now = now_millis();
        match self.kept(&base) {
            Some(kept) if kept.renew_at_ms > now => Ok(kept.token),
            Some(kept) => match self.renew(&kept.token).await {
                // It is still valid: a failed renewal is no problem yet.
                Err(error) if error.is_transient() && kept.good_until_ms > now => Ok(kept.token),
                token => token,
            },
            None => self.open(None).await,
        }
    }

    /// A token in place of one that the gateway rejected.
    pub(super) async fn new_token(self, refused: &str) -> Result<String, ApiError> {
        let base = self.page.gateway();
        let opening = OPENING.with(Rc::clone);
        let _alone = opening.lock().await;
        match self.kept(&base) {
            // Another caller was rejected too, and has replaced it already.
            Some(kept) if kept.token != refused => Ok(kept.token),
            _ => self.renew(refused).await,
        }
    }

    /// Another token for the same visitor, even after the old one has expired: so the visitor's
    /// generations stay in reach. If the gateway doesn't know the visitor any more, a token for a
    /// new one.
    async fn renew(self, token: &str) -> Result<String, ApiError> {
        match self.open(Some(token)).await {
            Err(error) if !error.is_transient() => self.open(None).await,
            answer => answer,
        }
    }

    async fn open(self, renewing: Option<&str>) -> Result<String, ApiError> {
        let base = self.page.gateway();
        let session = match self.page.get_session() {
            Some(promise) => {
                // The page's own message is shown, and it is asked again: its server may be
                // unavailable.
                let thrown = |thrown| ApiError::Broken(Message::text(said(&thrown)));
                let answer = JsFuture::from(promise).await.map_err(thrown)?;
                json::from_js(answer).ok_or_else(|| {
                    ApiError::Refused(Message::text(self.page.text(Word::NoSession)))
                })?
            }
            None => {
                let publishable = self.page.config().publishable_key;
                Gateway(&base).open(renewing.or(publishable.as_deref())).await?
            }
        };
        let api::Session { token, expires_in_secs, balance } = session;
        let lifetime_millis = u64::from(expires_in_secs) * 1000;
        let good_until_ms = now_millis() + lifetime_millis;
        let renew_at_ms = good_until_ms - RENEW_BEFORE_MILLIS.min(lifetime_millis / 5);
        self.keep(&base, &Kept { token: token.clone(), good_until_ms, renew_at_ms });
        self.opened.try_update_value(|opened| *opened += 1);
        self.set_balance(balance);
        Ok(token)
    }

    /// The storage key of a session: all tabs of the origin share it, unless the page opens its
    /// own. Then the page identifies the visitor each time: after somebody signed out, the next
    /// session must not be theirs.
    fn storage(self) -> Option<web_sys::Storage> {
        storage().filter(|_| !self.page.has_session())
    }

    /// Whether all tabs of this origin are the same visitor.
    pub(super) fn is_shared(self) -> bool {
        self.storage().is_some()
    }

    fn kept(self, base: &str) -> Option<Kept> {
        let name = name(base);
        let storage = self.storage();
        let stored = storage.and_then(|storage| storage.get_item(&name).ok().flatten());
        let json = stored.or_else(|| {
            MEMORY.with_borrow(|memory| {
                memory.iter().find(|(known, _)| *known == name).map(|(_, json)| json.clone())
            })
        })?;
        json::parse(&json)
    }

    fn keep(self, base: &str, kept: &Kept) {
        let name = name(base);
        let json = json::stringify(kept);
        let storage = self.storage();
        if storage.is_none_or(|storage| storage.set_item(&name, &json).is_err()) {
            forget(base);
            MEMORY.with_borrow_mut(|memory| memory.push((name, json)));
        }
    }
}

/// A thrown value, as a text for people; empty if it has none. Anything can be thrown.
fn said(thrown: &JsValue) -> String {
    let message = || js_sys::Reflect::get(thrown, &"message".into()).ok()?.as_string();
    thrown.as_string().or_else(message).unwrap_or_default().trim().to_owned()
}

/// Forgets a session that this page itself remembers.
fn forget(base: &str) {
    let name = name(base);
    MEMORY.with_borrow_mut(|memory| memory.retain(|(known, _)| *known != name));
}

fn name(base: &str) -> String {
    ["ai-now:session:", base].concat()
}

fn key_name(base: &str) -> String {
    ["ai-now:key:", base].concat()
}

/// The user's own API key for a server, if it was remembered.
pub(super) fn remembered_key(base: &str) -> Option<String> {
    storage()?.get_item(&key_name(base)).ok()?
}

/// Remembers the user's own API key for a server on this device; `None` forgets it.
pub(super) fn remember_key(base: &str, key: Option<&str>) {
    let Some(storage) = storage() else { return };
    // If it can't be stored, it is asked for again.
    let _ = match key {
        Some(key) => storage.set_item(&key_name(base), key),
        None => storage.remove_item(&key_name(base)),
    };
}
