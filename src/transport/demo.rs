//! No server at all: the sketch engine, as a wasm of its own in a worker, makes the file in the
//! visitor's browser. It is fetched when the first is asked for.
//!
//! One at a time, whatever the number of elements: the others wait in a queue. Each has a worker of
//! its own, which ends with it: stopping is ending the worker, and no memory stays behind.

use std::cell::{Cell, RefCell};

use ai_now_protocol::event::Progress;
use ai_now_protocol::{Event, Format, GenerateRequest};
use futures_channel::mpsc::{UnboundedSender, unbounded};
use futures_util::StreamExt;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, Url, WorkerOptions, WorkerType};

use super::http::Request;
use crate::browser::{self, Callback, Hold};
use crate::files::File;

/// The size of pictures and videos, in pixels: what a browser makes about as fast as it plays.
const WIDTH_PX: u32 = 640;
const HEIGHT_PX: u32 = 360;

/// Why there is no file.
pub(crate) enum NotMade {
    /// Somebody asked to stop.
    Stopped,
    /// The engine can't be fetched.
    Away,
    /// The engine can be fetched and doesn't start. Holds what a page's policy has to allow.
    Forbidden(String),
    /// The engine failed at this one.
    Fault,
}

/// What a generation under way is told.
enum Message {
    /// It has so many before it; with none, it is its turn.
    Place(usize),
    /// The worker said something.
    Said(JsValue),
    /// The worker could not start, or broke down.
    Broken,
    /// Somebody asked to stop.
    Stop,
}

/// Makes the file of a request and tells how far it is. `engine` is the folder that the worker's
/// script lies in, ending in `/`; `key` names the generation to [`stop`].
///
/// Dropping the future stops the work.
///
/// # Errors
/// [`NotMade`]
pub(crate) async fn make(
    engine: &str,
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
                let started = Worker::start(engine, request, &sender);
                worker = Some(started.ok_or_else(|| forbidden(engine))?);
                continue;
            }
            Message::Place(before) => {
                // The one that is being made waits for nothing: the next has nobody before it.
                say(Event::Processing(Progress {
                    queue_position: u32::try_from(before - 1).ok(),
                    ..Progress::default()
                }));
                continue;
            }
            Message::Stop => return Err(NotMade::Stopped),
            Message::Broken => return Err(why_not(engine).await),
            Message::Said(said) => said,
        };
        let text = |name| browser::get(&said, name).as_string();
        if let Ok(bytes) = browser::get(&said, "bytes").dyn_into::<Uint8Array>() {
            return made(&bytes, text("format"), text("note")).ok_or(NotMade::Fault);
        }
        if text("unloaded").is_some() {
            return Err(why_not(engine).await);
        }
        if let Some(fault) = text("fault") {
            browser::console_error(&fault);
            return Err(NotMade::Fault);
        }
        let fraction = browser::get(&said, "fraction").as_f64();
        let step = text("step");
        say(Event::Processing(Progress { progress: fraction, step, ..Progress::default() }));
    }
    drop(worker);
    // The queue holds a sender as long as this waits in it.
    Err(NotMade::Fault)
}

fn made(bytes: &Uint8Array, format: Option<String>, note: Option<String>) -> Option<File> {
    let format = Format::from_extension(&format?)?;
    let options = BlobPropertyBag::new();
    options.set_type(format.content_type());
    let parts = Array::of1(bytes);
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
    Some(File { blob, format, note: note? })
}

/// Stops the generation with that key, wherever on this page it is.
pub(crate) fn stop(key: &str) {
    QUEUE.with_borrow(|queue| {
        for place in queue.iter().filter(|place| place.key == key) {
            // One that has ended meanwhile is stopped already.
            let _ = place.sender.unbounded_send(Message::Stop);
        }
    });
}

/// The engine did not start. If its script can be fetched, a rule forbids it to run.
async fn why_not(engine: &str) -> NotMade {
    let url = script(engine);
    let request = Request { method: "HEAD", url, token: None, json: None, idempotency_key: None };
    if request.send(None).await.is_ok() { forbidden(engine) } else { NotMade::Away }
}

/// What a policy has to allow, in the policy's own words.
fn forbidden(engine: &str) -> NotMade {
    let own = is_own_origin(engine);
    let origin =
        if own { "'self'".to_owned() } else { browser::origin(engine).unwrap_or_default() };
    // Browsers count what a worker imports as a worker, too.
    let starter = if own { "" } else { "blob: " };
    let rules = [
        ["worker-src ", starter, &origin].concat(),
        ["script-src ", &origin, " 'wasm-unsafe-eval'"].concat(),
        ["connect-src ", &origin, " blob:"].concat(),
        "media-src blob:".to_owned(),
    ];
    NotMade::Forbidden(rules.join("; "))
}

fn script(engine: &str) -> String {
    [engine, "sketch-worker.js"].concat()
}

fn is_own_origin(url: &str) -> bool {
    browser::origin(url).is_some_and(|origin| origin == browser::window().origin())
}

/// A worker that makes one file. Dropping it ends it at once.
struct Worker {
    worker: web_sys::Worker,
    /// Ends it.
    _end: Option<Hold>,
    /// The address of the script that starts it, where that had to be made.
    starter: Option<String>,
    // They must live as long as the worker may call them.
    _said: Callback,
    _broken: Callback,
}

impl Worker {
    /// `None` where the browser refuses at once.
    fn start(
        engine: &str,
        request: &GenerateRequest,
        sender: &UnboundedSender<Message>,
    ) -> Option<Self> {
        let script = script(engine);
        // A worker's script must be of the page's own origin. From elsewhere, a line of the page's
        // own imports it.
        let starter = if is_own_origin(engine) { None } else { Some(starter(&script)?) };
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let url = starter.as_deref().unwrap_or(&script);
        let worker = web_sys::Worker::new_with_options(url, &options).ok()?;
        let said = {
            let sender = sender.clone();
            // Nobody listens any more: the worker is about to end.
            browser::callback(move |message| {
                let said = browser::get(&message, "data");
                let _ = sender.unbounded_send(Message::Said(said));
            })
        };
        let broken = {
            let sender = sender.clone();
            browser::callback(move |event| {
                // Told as a sentence; the page's own error handlers have nothing to do with it.
                event.unchecked_ref::<web_sys::Event>().prevent_default();
                let _ = sender.unbounded_send(Message::Broken);
            })
        };
        worker.set_onmessage(Some(browser::function(&said)));
        worker.set_onerror(Some(browser::function(&broken)));
        worker.set_onmessageerror(Some(browser::function(&broken)));
        let wish = browser::object(&[
            ("model", request.model.as_str().into()),
            ("prompt", request.prompt.as_str().into()),
            ("style", request.style.as_deref().into()),
            ("seed", request.seed.unwrap_or_default().into()),
            ("width", WIDTH_PX.into()),
            ("height", HEIGHT_PX.into()),
        ]);
        let asked = worker.post_message(&wish);
        let end = Hold::by(&worker, "terminate");
        let worker = Self { worker, _end: end, starter, _said: said, _broken: broken };
        asked.ok().map(|()| worker)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.set_onmessageerror(None);
        if let Some(url) = &self.starter {
            let _ = Url::revoke_object_url(url);
        }
    }
}

/// A script of this page's own that does nothing but import another.
fn starter(script: &str) -> Option<String> {
    let line = ["import ", &browser::to_json(&script.into()), ";"].concat();
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    let parts = Array::of1(&line.into());
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}

/// Somebody in the queue.
struct Place {
    number: u32,
    key: String,
    sender: UnboundedSender<Message>,
}

thread_local! {
    /// All that is being made on this page, or waits to be; the first has its turn.
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
            tell(queue, queue.len() - 1);
        });
        Self(number)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        QUEUE.with_borrow_mut(|queue| {
            if let Some(index) = queue.iter().position(|place| place.number == self.0) {
                queue.remove(index);
                tell(queue, index);
            }
        });
    }
}

/// Tells where they stand now to those from that place on.
fn tell(queue: &[Place], from: usize) {
    for (index, place) in queue.iter().enumerate().skip(from) {
        // One that ends just now leaves by itself.
        let _ = place.sender.unbounded_send(Message::Place(index));
    }
}
