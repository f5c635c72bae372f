//! The studio's memory and its decisions, each in a module of its own: who the visitor is
//! (`visitor`), what can be asked for (`draft`), the way of one generation (`run`, and `demo` where
//! no gateway makes it), what was made (`list`). It owns the running generations and outlives the
//! view; the view shows its signals and calls its functions. It must not know the host page
//! ([`Host`] is all it sees of it) nor how anything looks.

mod demo;
mod draft;
mod list;
mod run;
mod visitor;

use std::pin::Pin;
use std::sync::Arc;

use ai_now_protocol::api::Balance;
use ai_now_protocol::{Catalog, GenerateRequest};
use js_sys::{Date, Math};
use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::api::json;
use crate::api_error::{ApiError, pause_millis};
use crate::config::{Config, Mode};
use crate::generation::{Generation, HERE, Phase};
use crate::history::{self, Changes};
use crate::i18n::Locale;
use crate::platform::visibility::pause;
use crate::platform::web_locks::{self, Lock};
use draft::{Draft, offered};
pub(crate) use list::Job;

/// What the session needs of the page it is on.
pub(crate) trait Host {
    /// Raises an event on the element.
    fn emit(&self, name: &str, detail: JsValue);
    /// Whether the page opens sessions itself.
    fn has_session(&self) -> bool;
    /// Tells the page's owner what to set otherwise; in place too if `shown`.
    fn warn(&self, message: &str, shown: bool);
    /// The page's own way to open sessions, if it set one: a promise of a session.
    fn get_session(&self) -> Option<js_sys::Promise>;
}

/// Whether generations can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// Nobody knows yet.
    Opening,
    /// Yes.
    Open,
    /// No, and why. Passing troubles are tried again by themselves.
    Shut(ApiError),
}

/// What a studio has to know before it shows itself: what came later would move what stands already.
pub(crate) mod unknown {
    pub(crate) const CATALOG: u8 = 1;
    pub(crate) const DOOR: u8 = 2;
    pub(crate) const HISTORY: u8 = 4;
    pub(crate) const ALL: u8 = CATALOG | DOOR | HISTORY;
}

/// How long it waits for the next of that. The built-in catalog serves until the gateway's is there.
const PATIENCE_MILLIS: u32 = 3_000;

/// One studio. Copies are the same one; it ends with the owner it was made in.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    pub(crate) config: StoredValue<Config>,
    pub(crate) locale: StoredValue<Arc<Locale>>,
    pub(crate) catalog: RwSignal<Arc<Catalog>>,
    pub(crate) balance: RwSignal<Option<Balance>>,
    pub(crate) door: RwSignal<Door>,
    pub(crate) draft: Draft,
    /// All generations that are known, newest first.
    pub(crate) generations: RwSignal<Vec<Job>>,
    /// The one that is looked at.
    pub(crate) shown: RwSignal<Option<Job>>,
    /// What was deleted last, until something new is asked for.
    pub(crate) deleted: RwSignal<Vec<Generation>>,
    /// Whether this browser keeps the list.
    pub(crate) kept: RwSignal<bool>,
    /// Why the last request was not accepted.
    pub(crate) refusal: RwSignal<Option<ApiError>>,
    /// What is waited for still, of [`unknown`].
    pub(crate) unknown: RwSignal<u8>,
    host: StoredValue<Box<dyn Host>, LocalStorage>,
    owner: StoredValue<Owner>,
}

/// What a page learns of a generation with each of its events.
#[derive(Serialize)]
struct Detail<'a> {
    key: &'a str,
    id: Option<&'a str>,
    model: &'a str,
    prompt: &'a str,
    style: Option<&'a str>,
    progress: Option<f64>,
    step: Option<&'a str>,
    url: Option<&'a str>,
    message: Option<&'a str>,
}

/// What a page learns of a request that was not accepted.
#[derive(Serialize)]
struct Refused {
    key: Option<String>,
    message: String,
}

impl Session {
    /// A studio in the current owner.
    pub(crate) fn new(config: Config, locale: Arc<Locale>, host: Box<dyn Host>) -> Self {
        let direct = config.mode == Mode::Direct;
        let remembered = direct.then(|| visitor::remembered_key(&config.gateway)).flatten();
        let draft = Draft {
            model: RwSignal::new(config.model.clone().unwrap_or_default()),
            style: RwSignal::new(config.style.clone().unwrap_or_default()),
            prompt: RwSignal::new(config.prompt.clone()),
            remember_key: RwSignal::new(remembered.is_some()),
            api_key: RwSignal::new(remembered.unwrap_or_default()),
        };
        let catalog = if config.mode == Mode::Demo { demo::catalog() } else { Catalog::BUILT_IN };
        let session = Self {
            catalog: RwSignal::new(Arc::new(offered(catalog, &config.models))),
            config: StoredValue::new(config),
            locale: StoredValue::new(locale),
            balance: RwSignal::new(None),
            door: RwSignal::new(Door::Opening),
            draft,
            generations: RwSignal::new(Vec::new()),
            shown: RwSignal::new(None),
            deleted: RwSignal::new(Vec::new()),
            kept: RwSignal::new(true),
            refusal: RwSignal::new(None),
            unknown: RwSignal::new(unknown::ALL),
            host: StoredValue::new_local(host),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        };
        session.correct_draft();
        session
    }

    /// Opens the door and picks up what is under way.
    pub(crate) fn start(self) {
        if self.is_gateway() {
            self.spawn(self.learn_catalog());
            self.spawn(self.open_door());
        } else {
            self.check_settings(&self.catalog.get_untracked());
            self.door.set(Door::Open);
            self.learned(unknown::CATALOG | unknown::DOOR);
        }
        self.owner.with_value(|owner| owner.with(|| on_cleanup(move || self.let_files_go())));
        self.spawn(async move {
            for generation in history::load().await {
                self.pick_up(generation).await;
            }
            self.learned(unknown::HISTORY);
            let changes = Changes::listen(move |change| self.spawn(self.follow(change)));
            // Held until the studio ends: then this task is dropped, and the channel with it.
            std::future::pending::<()>().await;
            drop(changes);
        });
    }

    /// Goes on without what is unknown after a while, unless the current owner ends before.
    pub(crate) fn lose_patience(self) {
        let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
            pause(PATIENCE_MILLIS).await;
            self.learned(unknown::ALL);
        });
        spawn_local_scoped_with_cancellation(task);
    }

    /// Notes that something of [`unknown`] is known, or that there is no knowing it just now.
    fn learned(self, what: u8) {
        if self.unknown.get_untracked() != 0 {
            self.unknown.update(|unknown| *unknown &= !what);
        }
    }

    /// Tells the page that the studio stands.
    pub(crate) fn stands(self) {
        self.host.with_value(|host| host.emit("ready", JsValue::NULL));
    }

    pub(crate) fn is_direct(self) -> bool {
        self.config.with_value(|config| config.mode == Mode::Direct)
    }

    /// Whether the page makes everything itself.
    pub(crate) fn is_demo(self) -> bool {
        self.config.with_value(|config| config.mode == Mode::Demo)
    }

    fn is_gateway(self) -> bool {
        self.config.with_value(|config| config.mode == Mode::Gateway)
    }

    /// Who is asked: the gateway's address, or [`HERE`].
    pub(crate) fn gateway(self) -> String {
        if self.is_demo() {
            return HERE.to_owned();
        }
        self.config.with_value(|config| config.gateway.clone())
    }

    /// Starts what is being composed, if it is valid, and answers its key.
    pub(crate) fn generate(self) -> Option<String> {
        self.submit(untrack(|| self.request()))
    }

    /// Starts a generation, if the request is valid, and answers its key.
    pub(crate) fn submit(self, request: GenerateRequest) -> Option<String> {
        let catalog = self.catalog.get_untracked();
        let order = match request.check(&catalog) {
            Ok(order) => order,
            Err(invalid) => {
                self.refuse(ApiError::Refused(invalid.to_string()), None);
                return None;
            }
        };
        self.refusal.set(None);
        self.deleted.set(Vec::new());
        let request = GenerateRequest {
            style: order.style().map(|style| style.value.to_string()),
            prompt: order.prompt,
            ..request.clone()
        };
        // Kept with the record: from the same seed, the same file is made again.
        let seed = if self.is_demo() { Some(demo::seed()) } else { request.seed() };
        let request = request.with_seed(seed);
        let key = uuid::Uuid::new_v4().to_string();
        let now = now_millis();
        let mut generation = Generation::new(key.clone(), self.gateway(), request, now);
        generation.price = order.price_tokens;
        generation.procedural = order.model.procedural;
        let job = self.job(generation);
        self.generations.update(|all| all.insert(0, job));
        self.shown.set(Some(job));
        self.emit("started", job);
        self.spawn(self.run(job));
        Some(key)
    }

    /// Asks to stop a generation.
    pub(crate) fn cancel(self, job: Job) {
        job.0.update(|generation| generation.stopping = !generation.is_final());
        self.spawn(self.stop(job));
    }

    /// Runs a task that ends with the studio.
    pub(crate) fn spawn(self, task: impl Future<Output = ()> + 'static) {
        self.spawn_boxed(Box::pin(task));
    }

    /// What runs tasks, once for all of them. A studio that has ended runs none: the browser may
    /// still answer what it was asked before.
    fn spawn_boxed(self, task: Pin<Box<dyn Future<Output = ()>>>) {
        let spawn = |owner: &Owner| owner.with(|| spawn_local_scoped_with_cancellation(task));
        let _ = self.owner.try_with_value(spawn);
    }

    /// Says why there will be no generation: `key` names one that was on its way.
    fn refuse(self, trouble: ApiError, key: Option<String>) {
        let message = self.locale.with_value(|locale| locale.trouble(&trouble));
        let detail = json::to_js(&Refused { key, message });
        self.refusal.set(Some(trouble));
        self.host.with_value(|host| host.emit("failed", detail));
    }

    fn emit(self, name: &str, job: Job) {
        if job.0.with_untracked(|generation| generation.watched) {
            return;
        }
        let detail = job.0.with_untracked(|generation| {
            json::to_js(&Detail {
                key: &generation.key,
                id: generation.id.as_deref(),
                model: &generation.request.model,
                prompt: &generation.request.prompt,
                style: generation.request.style.as_deref(),
                progress: generation.progress.progress,
                step: generation.progress.step.as_ref().map(|step| step.text.as_ref()),
                url: generation.url().map(ai_now_protocol::MediaUrl::as_str),
                message: match &generation.phase {
                    Phase::Failed { message, .. } => Some(message),
                    _ => None,
                },
            })
        });
        self.host.with_value(|host| host.emit(name, detail));
    }

    fn set_balance(self, balance: Balance) {
        self.balance.set(Some(balance));
        // Whoever is told what can be spent may spend it.
        self.door.set(Door::Open);
        self.learned(unknown::DOOR);
        self.host.with_value(|host| host.emit("balance", json::to_js(&balance)));
    }

    /// Waits before the next attempt, longer each time.
    async fn wait(self, attempt: &mut u32, trouble: &ApiError) {
        let asked = trouble.retry_after_secs().unwrap_or(0).min(600).saturating_mul(1000);
        pause(pause_millis(*attempt, Math::random()).max(asked)).await;
        *attempt = attempt.saturating_add(1);
    }
}

/// Only one tab runs a generation that no gateway keeps; the others wait until it is done, or that
/// tab is gone.
async fn lock(key: &str) -> Lock {
    web_locks::acquire(&["ai-now:", key].concat()).await
}

/// Milliseconds since 1970.
fn now_millis() -> u64 {
    Date::now() as u64
}
