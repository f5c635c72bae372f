//! Who the visitor is to the gateway: a session token, opened once, shared by all elements and tabs
//! of the page's origin, renewed before it ends.

use std::rc::Rc;

use ai_now_protocol::api;
use futures_util::lock::Mutex;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use wasm_bindgen_futures::JsFuture;

use super::{Door, Session};
use crate::browser;
use crate::transport::gateway::Gateway;
use crate::trouble::Trouble;

/// A token that is good for less than this is renewed first.
const RENEW_BEFORE_MILLIS: u64 = 5 * 60 * 1000;

/// What is kept of a session.
#[derive(Serialize, Deserialize)]
struct Kept {
    token: String,
    good_until_ms: u64,
}

thread_local! {
    /// Two elements of one page that open a session at once would be two visitors.
    static OPENING: Rc<Mutex<()>> = Rc::default();
    /// Where storage is denied, the page itself remembers.
    static MEMORY: std::cell::RefCell<Vec<(String, String)>> =
        const { std::cell::RefCell::new(Vec::new()) };
}

impl Session {
    /// Makes sure that there is a session, and learns what it can spend.
    pub(super) async fn open_door(self) {
        let mut attempt = 0;
        loop {
            match self.learn_balance().await {
                Ok(()) => return,
                Err(trouble) => {
                    let passing = trouble.is_passing();
                    self.door.set(Door::Shut(trouble.clone()));
                    if !passing {
                        return;
                    }
                    self.wait(&mut attempt, &trouble).await;
                }
            }
        }
    }

    /// Asks what the visitor can spend.
    pub(super) async fn learn_balance(self) -> Result<(), Trouble> {
        let base = self.gateway();
        let token = self.token().await?;
        let balance = match Gateway(&base).balance(&token).await {
            Err(Trouble::Unauthorized) => {
                let token = self.new_token(&token).await?;
                Gateway(&base).balance(&token).await
            }
            answer => answer,
        };
        self.set_balance(balance?);
        Ok(())
    }

    /// A token that is good for a while.
    pub(super) async fn token(self) -> Result<String, Trouble> {
        let base = self.gateway();
        let opening = OPENING.with(Rc::clone);
        let _alone = opening.lock().await;
        let now = browser::now_millis();
        match recall(&base) {
            Some(kept) if kept.good_until_ms > now + RENEW_BEFORE_MILLIS => Ok(kept.token),
            Some(kept) if kept.good_until_ms > now => {
                match self.open(Some(&kept.token)).await {
                    // It is still good: that it can't be renewed just now stops nobody.
                    Err(trouble) if trouble.is_passing() => Ok(kept.token),
                    Err(_) => self.open(None).await,
                    token => token,
                }
            }
            _ => self.open(None).await,
        }
    }

    /// A token in place of one that the gateway refused.
    pub(super) async fn new_token(self, refused: &str) -> Result<String, Trouble> {
        let base = self.gateway();
        let opening = OPENING.with(Rc::clone);
        let _alone = opening.lock().await;
        match recall(&base) {
            // Somebody else was refused too, and faster.
            Some(kept) if kept.token != refused => Ok(kept.token),
            _ => self.open(None).await,
        }
    }

    async fn open(self, renewing: Option<&str>) -> Result<String, Trouble> {
        let base = self.gateway();
        let session = match self.host.with_value(|host| host.get_session()) {
            Some(promise) => {
                let answer = JsFuture::from(promise).await.map_err(|_| Trouble::Unauthorized)?;
                browser::from_js(answer).ok_or(Trouble::Unauthorized)?
            }
            None => {
                let publishable = self.config.with_value(|config| config.publishable_key.clone());
                Gateway(&base).open(renewing.or(publishable.as_deref())).await?
            }
        };
        let api::Session { token, expires_in_secs, balance } = session;
        let good_until_ms = browser::now_millis() + u64::from(expires_in_secs) * 1000;
        remember(&base, &Kept { token: token.clone(), good_until_ms });
        self.set_balance(balance);
        Ok(token)
    }
}

fn name(base: &str) -> String {
    ["ai-now:session:", base].concat()
}

fn recall(base: &str) -> Option<Kept> {
    let name = name(base);
    let stored = browser::storage().and_then(|storage| storage.get_item(&name).ok().flatten());
    let json = stored.or_else(|| {
        MEMORY.with_borrow(|memory| {
            memory.iter().find(|(known, _)| *known == name).map(|(_, json)| json.clone())
        })
    })?;
    browser::from_js(browser::parse(&json)?)
}

fn remember(base: &str, kept: &Kept) {
    let name = name(base);
    let json = browser::to_json(&browser::to_js(kept));
    let stored = browser::storage().is_some_and(|storage| storage.set_item(&name, &json).is_ok());
    if !stored {
        MEMORY.with_borrow_mut(|memory| {
            memory.retain(|(known, _)| *known != name);
            memory.push((name, json));
        });
    }
}
