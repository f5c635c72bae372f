//! Demo mode without a server: the sketch engine, as a wasm of its own in a worker, makes the file
//! in the visitor's browser. It is fetched for the first generation.
//!
//! One file is made at a time, whatever the number of elements: the others wait in a queue. Each
//! has its own worker, which ends with it: terminating the worker stops the work and frees its
//! memory.

use std::cell::{Cell, RefCell};

use ai_now_protocol::event::Progress;
use ai_now_protocol::{Event, Format, GenerateRequest, Message as Text, Scalars};
use futures_channel::mpsc::{UnboundedSender, unbounded};
use futures_util::StreamExt;
use gloo_events::{EventListener, EventListenerOptions};
use gloo_file::{Blob, ObjectUrl};
use gloo_net::http::Method;
use js_sys::{Function, Reflect, Uint8Array};
use leptos::prelude::window;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, WorkerOptions, WorkerType};

use super::client::Request;
use crate::platform::browser::origin;
use crate::platform::drop_guard::DropGuard;
use crate::platform::files::File;
use crate::platform::json;

/// The size of pictures and videos, in pixels: a browser makes them about as fast as it plays them.
const WIDTH_PX: u32 = 640;
const HEIGHT_PX: u32 = 360;

/// Why there is no file.
pub(crate) enum NotMade {
    /// It was stopped.
    Stopped,
    /// The engine can't be fetched.
    Away,
    /// The engine can be fetched but doesn't start. Contains what the page's policy has to allow.
    Forbidden(String),
    /// The engine failed at this one.
    Fault,
}

/// A request to a worker.
#[derive(Serialize)]
struct Asked<'a> {
    model: &'a str,
    prompt: &'a str,
    style: Option<&'a str>,
    options: &'a Scalars,
    seed: u32,
    width: u32,
    height: u32,
}

/// A message of a worker, except for the bytes of a file.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    /// Its progress, from 0 to 1, and its step.
    fraction: Option<f64>,
    step: Option<String>,
    /// Describes the bytes that come with it.
    format: Option<String>,
    note: Option<Text>,
    /// The engine could not be loaded.
    unloaded: Option<String>,
    /// The engine failed.
    fault: Option<String>,
}

/// A message to a generation that is queued or running.
enum Message {
    /// So many are before it; 0 means that it is its turn.
    Place(usize),
    /// A message of the worker.
    Said(JsValue),
    /// The worker could not start, or failed.
    Broken,
    /// The user stopped it.
    Stop,
}

thread_local! {
    /// The shell's function that starts a worker; it knows the page's policy.
    static START: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Workers are started with this function of the shell's from now on, if it is a function.
pub(crate) fn start_workers_with(start: JsValue) {
    START.set(start.dyn_into().ok());
}

/// Makes the file of a request and reports its progress. `script` is the address of the worker's
/// script; `key` names the generation to [`stop`].
///
/// Dropping the future stops the work.
///
/// # Errors
/// [`NotMade`]
pub(crate) async fn make(
    script: &str,
    key: &str,
    request: &GenerateRequest,
    mut say: impl FnMut(Event),
) -> Result<File, NotMade> {
    let (sender, mut messages) = unbounded();
    let _turn = Turn::wait(key, &sender);
    let mut worker = None;
    while let Some(message) = messages.next().await {
        let said = match message {
            Message::Place(0) => {
                say(Event::Started);
                worker = Some(Worker::start(script, request, &sender)?);
                continue;
            }
            Message::Place(before) => {
                // The running one does not count as waiting: the next one has nobody before it.
                say(Event::Processing(Progress {
                    queue_position: u32::try_from(before - 1).ok(),
                    ..Progress::default()
                }));
                continue;
            }
            Message::Stop => return Err(NotMade::Stopped),
            Message::Broken => return Err(why_not(script).await),
            Message::Said(said) => said,
        };
        let bytes = Reflect::get(&said, &"bytes".into()).ok();
        let bytes = bytes.and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok());
        let said: Said = json::from_js(said).unwrap_or_default();
        if let Some(bytes) = bytes {
            return made(&bytes, said.format, said.note).ok_or(NotMade::Fault);
        }
        if said.unloaded.is_some() {
            return Err(why_not(script).await);
        }
        if let Some(fault) = said.fault {
            web_sys::console::error_1(&fault.into());
            return Err(NotMade::Fault);
        }
        let Said { fraction: progress, step, .. } = said;
        let step = step.map(Text::text);
        say(Event::Processing(Progress { progress, step, ..Progress::default() }));
    }
    drop(worker);
    // The queue holds a sender while this waits in it.
    Err(NotMade::Fault)
}

fn made(bytes: &Uint8Array, format: Option<String>, note: Option<Text>) -> Option<File> {
    let format = Format::from_extension(&format?)?;
    let blob = Blob::new_with_options(bytes.buffer(), Some(format.content_type())).into();
    Some(File { blob, format, note: note? })
}

/// Stops the generation with this key, in whichever element of this page it runs.
pub(crate) fn stop(key: &str) {
    QUEUE.with_borrow(|queue| {
        for place in queue.iter().filter(|place| place.key == key) {
            // One that has ended meanwhile needs no stopping.
            let _ = place.sender.unbounded_send(Message::Stop);
        }
    });
}

/// The engine did not start. If its script can be fetched, a rule prevents it from running.
async fn why_not(script: &str) -> NotMade {
    let request = Request {
        method: Method::HEAD,
        url: script.to_owned(),
        token: None,
        json: None,
        file: None,
        idempotency_key: None,
    };
    if request.send(None).await.is_ok() { forbidden(script) } else { NotMade::Away }
}

/// What a policy has to allow, in the terms of Content-Security-Policy.
fn forbidden(script: &str) -> NotMade {
    let own = is_own_origin(script);
    let origin = if own { "'self'".to_owned() } else { origin(script).unwrap_or_default() };
    // Browsers apply the rule for workers to a worker's imports, too.
    let starter = if own { "" } else { "blob: " };
    let rules = [
        ["worker-src ", starter, &origin].concat(),
        ["script-src ", &origin, " 'wasm-unsafe-eval'"].concat(),
        ["connect-src ", &origin, " blob:"].concat(),
        "media-src blob:".to_owned(),
    ];
    NotMade::Forbidden(rules.join("; "))
}

fn is_own_origin(url: &str) -> bool {
    origin(url).is_some_and(|origin| origin == window().origin())
}

/// A worker that makes one file. Dropping it ends it at once.
struct Worker {
    _listeners: [EventListener; 3],
    /// Ends it.
    _end: Option<DropGuard>,
    /// The address of its start script, if one had to be made.
    _starter: Option<ObjectUrl>,
}

impl Worker {
    /// An error if the browser refuses at once.
    fn start(
        script: &str,
        request: &GenerateRequest,
        sender: &UnboundedSender<Message>,
    ) -> Result<Self, NotMade> {
        // A worker's script must be of the page's own origin. Otherwise a script of the page's own
        // imports it.
        let starter = if is_own_origin(script) { None } else { Some(starter(script)) };
        let worker = new_worker(starter.as_deref().unwrap_or(script)).map_err(|thrown| {
            // The shell knows which rule it was.
            let rule = Reflect::get(&thrown, &"rule".into()).ok().and_then(|rule| rule.as_string());
            rule.map_or_else(|| forbidden(script), NotMade::Forbidden)
        })?;
        let asked = Asked {
            model: &request.model,
            prompt: &request.prompt,
            style: request.style.as_deref(),
            options: &request.options,
            seed: request.seed().unwrap_or_default(),
            width: WIDTH_PX,
            height: HEIGHT_PX,
        };
        let listeners = listeners(&worker, sender);
        let asked = worker.post_message(&json::to_js(&asked));
        let end = DropGuard::method(&worker, "terminate");
        asked.map_err(|_| NotMade::Fault)?;
        Ok(Self { _listeners: listeners, _end: end, _starter: starter })
    }
}

fn new_worker(url: &str) -> Result<web_sys::Worker, JsValue> {
    match START.with_borrow(Clone::clone) {
        Some(start) => start.call1(&JsValue::UNDEFINED, &url.into())?.dyn_into(),
        None => {
            let options = WorkerOptions::new();
            options.set_type(WorkerType::Module);
            web_sys::Worker::new_with_options(url, &options)
        }
    }
}

/// Forwards the worker's messages. Messages without a receiver may be lost: the worker is about to
/// end.
fn listeners(worker: &web_sys::Worker, sender: &UnboundedSender<Message>) -> [EventListener; 3] {
    let said = {
        let sender = sender.clone();
        EventListener::new(worker, "message", move |message| {
            let said = message.unchecked_ref::<MessageEvent>().data();
            let _ = sender.unbounded_send(Message::Said(said));
        })
    };
    let broken = |name| {
        let sender = sender.clone();
        let options = EventListenerOptions::enable_prevent_default();
        EventListener::new_with_options(worker, name, options, move |event| {
            // It is shown as a sentence; the page's error handlers are not called.
            event.prevent_default();
            let _ = sender.unbounded_send(Message::Broken);
        })
    };
    [said, broken("error"), broken("messageerror")]
}

/// A script of this page's own that only imports another one.
fn starter(script: &str) -> ObjectUrl {
    let line = ["import ", &json::stringify(&script), ";"].concat();
    Blob::new_with_options(line.as_str(), Some("text/javascript")).into()
}

/// An entry of the queue.
struct Place {
    number: u32,
    key: String,
    sender: UnboundedSender<Message>,
}

thread_local! {
    /// Everything that runs or waits on this page; the first one runs.
    static QUEUE: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
    static NUMBER: Cell<u32> = const { Cell::new(0) };
}

/// A place in the queue; dropping it lets the others move up.
struct Turn(u32);

impl Turn {
    fn wait(key: &str, sender: &UnboundedSender<Message>) -> Self {
        let number = NUMBER.get();
        NUMBER.set(number.wrapping_add(1));
        QUEUE.with_borrow_mut(|queue| {
            queue.push(Place { number, key: key.to_owned(), sender: sender.clone() });
            send_places(queue, queue.len() - 1);
        });
        Self(number)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        QUEUE.with_borrow_mut(|queue| {
            if let Some(index) = queue.iter().position(|place| place.number == self.0) {
                queue.remove(index);
                send_places(queue, index);
            }
        });
    }
}

/// Sends the new places to all entries from this one on.
fn send_places(queue: &[Place], from: usize) {
    for (index, place) in queue.iter().enumerate().skip(from) {
        // A receiver that is gone leaves the queue by itself.
        let _ = place.sender.unbounded_send(Message::Place(index));
    }
}
