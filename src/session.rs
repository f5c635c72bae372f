//! The studio's memory and its decisions: who the visitor is, what can be asked for, what is under
//! way. It owns the running generations and outlives the view; the view shows its signals and calls
//! its functions. It must not know the host page ([`Host`] is all it sees of it) nor how anything
//! looks.

mod demo;
mod run;
mod visitor;

use std::pin::Pin;
use std::sync::Arc;

use ai_now_protocol::api::Balance;
use ai_now_protocol::{Catalog, GenerateRequest, Model};
use leptos::prelude::{Owner, on_cleanup, untrack};
use leptos::task::spawn_local_scoped_with_cancellation;
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::browser::{self, Claim};
use crate::config::{Config, Mode};
use crate::files;
use crate::generation::{Generation, HERE, Phase};
use crate::history::{self, Change, Changes};
use crate::locale::Locale;
use crate::pictures;
use crate::plain;
use crate::signal::{RwSignal, StoredValue};
use crate::transport::gateway::Gateway;
use crate::trouble::{Trouble, pause_millis};

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
    Shut(Trouble),
}

/// What the person is composing.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    pub(crate) model: RwSignal<String>,
    /// The value of the style; empty: none.
    pub(crate) style: RwSignal<String>,
    pub(crate) prompt: RwSignal<String>,
    /// The person's own key, in direct mode. Kept nowhere else, unless it is to be remembered.
    pub(crate) api_key: RwSignal<String>,
    /// Whether the key is remembered on this device.
    pub(crate) remember_key: RwSignal<bool>,
}

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
    pub(crate) refusal: RwSignal<Option<Trouble>>,
    host: StoredValue<Box<dyn Host>>,
    owner: StoredValue<Owner>,
}

/// A generation that may be changing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Job(pub(crate) RwSignal<Generation>);

impl Job {
    pub(crate) fn key(self) -> String {
        self.0.with_untracked(|generation| generation.key.clone())
    }
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
            host: StoredValue::new(host),
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
        }
        self.owner.with_value(|owner| owner.with(|| on_cleanup(move || self.let_files_go())));
        self.spawn(async move {
            for generation in history::load().await {
                self.pick_up(generation).await;
            }
            let changes = Changes::listen(move |change| self.spawn(self.follow(change)));
            // Held until the studio ends: then this task is dropped, and the channel with it.
            std::future::pending::<()>().await;
            drop(changes);
        });
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

    /// The model that is chosen, by the catalog that is known.
    pub(crate) fn model(self) -> Option<Model> {
        self.catalog.with(|catalog| self.draft.model.with(|id| catalog.model(id).cloned()))
    }

    pub(crate) fn choose_model(self, id: &str) {
        self.draft.model.set(id.to_owned());
        self.correct_draft();
    }

    /// The request that is being composed.
    pub(crate) fn request(self) -> GenerateRequest {
        let style = self.draft.style.get();
        GenerateRequest {
            model: self.draft.model.get(),
            prompt: self.draft.prompt.get(),
            style: Some(style).filter(|style| !style.is_empty()),
            seed: None,
        }
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
                self.refuse(Trouble::Refused(invalid.to_string()), None);
                return None;
            }
        };
        self.refusal.set(None);
        self.deleted.set(Vec::new());
        let request = GenerateRequest {
            prompt: order.prompt,
            style: order.style.map(|style| style.value.to_string()),
            // Kept with the record: from the same seed, the same file is made again.
            seed: if self.is_demo() { Some(demo::seed()) } else { request.seed },
            ..request.clone()
        };
        let key = browser::uuid();
        let now = browser::now_millis();
        let mut generation = Generation::new(key.clone(), self.gateway(), request, now);
        generation.price = order.model.price_tokens;
        generation.procedural = order.model.procedural;
        let job = self.job(generation);
        self.generations.update(|all| all.insert(0, job));
        self.shown.set(Some(job));
        self.emit("started", job);
        self.spawn(self.run(job));
        Some(key)
    }

    /// Puts what was asked for back into the form.
    pub(crate) fn reuse(self, job: Job) {
        self.compose(job.0.with_untracked(|generation| generation.request.clone()));
    }

    /// Puts a request into the form.
    pub(crate) fn compose(self, request: GenerateRequest) {
        self.draft.style.set(request.style.unwrap_or_default());
        self.draft.prompt.set(request.prompt);
        self.choose_model(&request.model);
    }

    /// Asks to stop a generation.
    pub(crate) fn cancel(self, job: Job) {
        job.0.update(|generation| generation.stopping = !generation.is_final());
        self.spawn(self.stop(job));
    }

    /// Forgets a generation that has ended.
    pub(crate) fn delete(self, job: Job) {
        self.deleted.set(vec![job.0.get_untracked()]);
        self.take_away(job);
    }

    fn take_away(self, job: Job) {
        let key = job.key();
        self.remove(&key);
        self.spawn(async move {
            history::delete(&key).await;
            pictures::delete(&key).await;
            if self.is_demo() {
                files::delete(&key).await;
            }
        });
    }

    /// Forgets all that have ended.
    pub(crate) fn delete_all(self) {
        let mut deleted = Vec::new();
        for job in self.generations.get_untracked() {
            if job.0.with_untracked(Generation::is_final) {
                deleted.push(job.0.get_untracked());
                self.take_away(job);
            }
        }
        self.deleted.set(deleted);
    }

    /// Takes back what was deleted last. A file that the page made is made again from its seed.
    pub(crate) fn restore(self) {
        let deleted = self.deleted.get_untracked();
        self.deleted.set(Vec::new());
        self.spawn(async move {
            for generation in deleted {
                history::save(&generation).await;
                self.pick_up(generation.record()).await;
            }
        });
    }

    /// Runs a task that ends with the studio.
    pub(crate) fn spawn(self, task: impl Future<Output = ()> + 'static) {
        self.spawn_boxed(Box::pin(task));
    }

    /// What runs tasks, once for all of them.
    fn spawn_boxed(self, task: Pin<Box<dyn Future<Output = ()>>>) {
        self.owner.with_value(|owner| owner.with(|| spawn_local_scoped_with_cancellation(task)));
    }

    /// Says why there will be no generation: `key` names one that was on its way.
    fn refuse(self, trouble: Trouble, key: Option<String>) {
        let message = self.locale.with_value(|locale| locale.trouble(&trouble));
        let detail = browser::object(&[("key", key.into()), ("message", message.into())]);
        self.refusal.set(Some(trouble));
        self.host.with_value(|host| host.emit("failed", detail.into()));
    }

    fn emit(self, name: &str, job: Job) {
        if job.0.with_untracked(|generation| generation.watched) {
            return;
        }
        let detail = job.0.with_untracked(|generation| {
            plain::write(&Detail {
                key: &generation.key,
                id: generation.id.as_deref(),
                model: &generation.request.model,
                prompt: &generation.request.prompt,
                style: generation.request.style.as_deref(),
                progress: generation.progress.progress,
                step: generation.progress.step.as_deref(),
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
        self.host.with_value(|host| host.emit("balance", plain::write(&balance)));
    }

    /// Tells the page's owner which settings nobody knows, now that the catalog is known.
    fn check_settings(self, catalog: &Catalog) {
        let unknown = self.config.with_value(|config| config.unknown(catalog));
        for setting in unknown {
            self.host.with_value(|host| host.warn(&setting.to_string(), true));
        }
    }

    /// The same for a preset that changed just now.
    pub(crate) fn check_preset(self, model: Option<&str>, style: Option<&str>) {
        let given = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty());
        let model = model.map_or_else(|| self.draft.model.get_untracked(), str::to_owned);
        let presets = Config {
            models: Vec::new(),
            model: given(&model),
            style: style.and_then(given),
            ..self.config.with_value(Config::clone)
        };
        for setting in presets.unknown(&self.catalog.get_untracked()) {
            self.host.with_value(|host| host.warn(&setting.to_string(), true));
        }
    }

    /// Asks for the catalog until there is one. The built-in one serves meanwhile.
    async fn learn_catalog(self) {
        let base = self.gateway();
        let mut attempt = 0;
        loop {
            match Gateway(&base).catalog().await {
                Ok(catalog) => {
                    self.check_settings(&catalog);
                    let models = self.config.with_value(|config| config.models.clone());
                    self.catalog.set(Arc::new(offered(catalog, &models)));
                    self.correct_draft();
                    return;
                }
                Err(trouble) if trouble.is_passing() => self.wait(&mut attempt, &trouble).await,
                // It may be another server of the documented API: the built-in table is its.
                Err(_) => return self.check_settings(&Catalog::BUILT_IN),
            }
        }
    }

    /// Waits before the next attempt, longer each time.
    async fn wait(self, attempt: &mut u32, trouble: &Trouble) {
        let asked = trouble.retry_after_secs().unwrap_or(0).min(600).saturating_mul(1000);
        browser::pause(pause_millis(*attempt, browser::random()).max(asked)).await;
        *attempt = attempt.saturating_add(1);
    }

    /// Keeps the choice to what the catalog has.
    fn correct_draft(self) {
        let catalog = self.catalog.get_untracked();
        let model = self.draft.model.with_untracked(|id| catalog.model(id).cloned());
        let Some(model) = model.or_else(|| catalog.models.first().cloned()) else { return };
        if self.draft.style.with_untracked(|style| model.style(style).is_none()) {
            self.draft.style.set(String::new());
        }
        if self.draft.model.with_untracked(|id| *id != model.id) {
            self.draft.model.set(model.id.into());
        }
    }

    fn job(self, generation: Generation) -> Job {
        Job(self.owner.with_value(|owner| owner.with(|| RwSignal::new(generation))))
    }

    fn find(self, key: &str) -> Option<Job> {
        self.generations.with_untracked(|all| {
            all.iter().find(|job| job.0.with_untracked(|known| known.key == key)).copied()
        })
    }

    fn remove(self, key: &str) {
        let Some(job) = self.find(key) else { return };
        if self.shown.get_untracked() == Some(job) {
            self.shown.set(None);
        }
        self.generations.update(|all| all.retain(|known| *known != job));
        let_file_go(job);
    }

    /// Ends the addresses of the files that the page made.
    fn let_files_go(self) {
        self.generations.with_untracked(|all| all.iter().copied().for_each(let_file_go));
    }

    /// Takes a record of the history in; goes on with it where it is under way.
    async fn pick_up(self, generation: Generation) {
        if self.is_demo() {
            return self.recall(generation).await;
        }
        if self.is_direct() && !generation.is_final() {
            return self.spawn(self.await_end(generation));
        }
        let watched = generation.watched;
        let Some(job) = self.take_in(generation) else { return };
        if !job.0.with_untracked(Generation::is_final) {
            if !watched {
                self.show_first(job);
            }
            self.spawn(self.run(job));
        }
    }

    /// Shows what is under way, where nothing else is shown.
    fn show_first(self, job: Job) {
        if self.shown.get_untracked().is_none() {
            self.shown.set(Some(job));
        }
    }

    /// Whether a record is of no use here: somebody else's, or known already.
    fn is_foreign(self, generation: &Generation) -> bool {
        generation.gateway != self.gateway() || self.find(&generation.key).is_some()
    }

    /// Puts a record among the known, if it is of use.
    fn take_in(self, generation: Generation) -> Option<Job> {
        if self.is_foreign(&generation) {
            return None;
        }
        let job = self.job(generation);
        let created_at_ms = |job: &Job| job.0.with_untracked(|known| known.created_at_ms);
        let ours = created_at_ms(&job);
        self.generations.update(|all| {
            // Newest first. A sort would be shorter here and 8 KB longer in the wasm.
            let place = all.iter().position(|other| created_at_ms(other) < ours);
            all.insert(place.unwrap_or(all.len()), job);
        });
        Some(job)
    }

    /// Does what another tab did. What this one runs itself it knows better.
    async fn follow(self, change: Change) {
        match change {
            Change::Deleted(key) => self.remove(&key),
            Change::Saved(key) => {
                if self.find(&key).is_none() {
                    let saved = history::find(&key).await;
                    // While it is being sent, it is the sender's.
                    if let Some(saved) = saved.filter(|saved| saved.phase != Phase::Sending) {
                        self.pick_up(Generation { watched: true, ..saved }).await;
                    }
                }
            }
        }
    }
}

/// Only one tab runs a generation that no gateway keeps; the others wait until it is done, or that
/// tab is gone.
async fn claim(key: &str) -> Claim {
    browser::claim(&["ai-now:", key].concat()).await
}

/// Ends the address of a file that the page made.
fn let_file_go(job: Job) {
    job.0.with_untracked(|generation| {
        if let Some(url) = generation.url() {
            files::let_go(url);
        }
    });
}

/// The models that the page offers, in its order; all where it names none that there is.
fn offered(catalog: Catalog, ids: &[String]) -> Catalog {
    let models: Vec<_> = ids.iter().filter_map(|id| catalog.model(id).cloned()).collect();
    if models.is_empty() { catalog } else { Catalog { models: models.into() } }
}
