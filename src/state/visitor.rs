//! Who the visitor is to the gateway: a session token, opened once, shared by all elements and tabs
//! of the page's origin, renewed before it ends. And what it can spend.

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
use super::page::{Page, wait};
use crate::api::client::Gateway;
use crate::api_error::ApiError;
use crate::platform::clock::now_millis;
use crate::platform::json;

/// A token that is good for less than this, or for less than a fifth of its time, is renewed first.
const RENEW_BEFORE_MILLIS: u64 = 5 * 60 * 1000;

/// What is kept of a session.
#[derive(Serialize, Deserialize)]
struct Kept {
    token: String,
    good_until_ms: u64,
    /// From when on it is renewed.
    #[serde(default)]
    renew_at_ms: u64,
}

thread_local! {
    /// Two elements of one page that open a session at once would be two visitors.
    static OPENING: Rc<Mutex<()>> = Rc::default();
    /// Where storage is denied, the page itself remembers.
    static MEMORY: std::cell::RefCell<Vec<(String, String)>> =
        const { std::cell::RefCell::new(Vec::new()) };
}

/// The visitor. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Visitor {
    page: Page,
    connection: Connection,
    loading: Loading,
    /// What can be spent, once it is known.
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

    /// Makes sure that there is a session, and what it can spend is known.
    pub(super) async fn connect(self) {
        if self.page.has_session() {
            // Another function may stand for another person.
            forget(&self.page.gateway());
        }
        let mut attempt = 0;
        loop {
            let Err(error) = self.load_balance().await else { return };
            let passing = error.is_passing();
            self.connection.state.set(ConnectionState::Failed(error.clone()));
            self.loading.loaded(Part::Session);
            if !passing {
                // The studio shows it; the page's owner hears of it, too.
                return self.page.warn(&self.page.sentence(&error), false);
            }
            wait(&mut attempt, &error).await;
        }
    }

    /// Learns what the visitor can spend. A session that is opened or renewed for it says so itself.
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

    /// Whoever is told what can be spent may spend it.
    pub(super) fn set_balance(self, balance: Balance) {
        self.balance.set(Some(balance));
        self.connection.state.set(ConnectionState::Ready);
        self.loading.loaded(Part::Session);
        self.page.emit("balance", json::to_js(&balance));
    }

    /// Sends a picture to the gateway, for a generation that begins with it.
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

    /// A token that is good for a while.
    pub(super) async fn token(self) -> Result<String, ApiError> {
        let base = self.page.gateway();
        let opening = OPENING.with(Rc::clone);
        let _alone = opening.lock().await;
        let now = now_millis();
        match self.kept(&base) {
            Some(kept) if kept.renew_at_ms > now => Ok(kept.token),
            Some(kept) => match self.renew(&kept.token).await {
                // It is still good: that it can't be renewed just now stops nobody.
                Err(error) if error.is_passing() && kept.good_until_ms > now => Ok(kept.token),
                token => token,
            },
            None => self.open(None).await,
        }
    }

    /// A token in place of one that the gateway refused.
    pub(super) async fn new_token(self, refused: &str) -> Result<String, ApiError> {
        let base = self.page.gateway();
        let opening = OPENING.with(Rc::clone);
        let _alone = opening.lock().await;
        match self.kept(&base) {
            // Somebody else was refused too, and faster.
            Some(kept) if kept.token != refused => Ok(kept.token),
            _ => self.renew(refused).await,
        }
    }

    /// Another token for the same visitor, even after the old one has ended: what it made stays in
    /// reach. Where the gateway doesn't know it any more, a token for a new visitor.
    async fn renew(self, token: &str) -> Result<String, ApiError> {
        match self.open(Some(token)).await {
            Err(error) if !error.is_passing() => self.open(None).await,
            answer => answer,
        }
    }

    async fn open(self, renewing: Option<&str>) -> Result<String, ApiError> {
        let base = self.page.gateway();
        let session = match self.page.get_session() {
            Some(promise) => {
                // What the page says is shown, and it is asked again: its server may be away.
                let thrown = |thrown| ApiError::Broken(Message::text(said(&thrown)));
                let answer = JsFuture::from(promise).await.map_err(thrown)?;
                json::from_js(answer).ok_or_else(|| ApiError::Refused(Message::text(NO_SESSION)))?
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

    /// Where a session is kept: all tabs of the origin share it, unless the page opens its own. Who
    /// the visitor is, is then for the page to say each time: after somebody signed out, the next
    /// one must not be them.
    fn storage(self) -> Option<web_sys::Storage> {
        storage().filter(|_| !self.page.has_session())
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

/// What a page's `getSession` should have answered.
const NO_SESSION: &str = "The page's getSession did not answer a session: an object with token, \
     expires_in_secs and balance, as POST /api/sessions answers it.";

/// What was thrown, as a text for people; empty where it says nothing. Anything can be thrown.
fn said(thrown: &JsValue) -> String {
    let message = || js_sys::Reflect::get(thrown, &"message".into()).ok()?.as_string();
    thrown.as_string().or_else(message).unwrap_or_default().trim().to_owned()
}

/// The storage that all tabs of this origin share; `None` where the browser denies it.
fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
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

/// The person's own key for a server, where they had it remembered.
pub(super) fn remembered_key(base: &str) -> Option<String> {
    storage()?.get_item(&key_name(base)).ok()?
}

/// Remembers the person's own key for a server on this device; `None` forgets it.
pub(super) fn remember_key(base: &str, key: Option<&str>) {
    let Some(storage) = storage() else { return };
    // Where it can't be written, it is asked for again.
    let _ = match key {
        Some(key) => storage.set_item(&key_name(base), key),
        None => storage.remove_item(&key_name(base)),
    };
}
