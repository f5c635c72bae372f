//! A change: a button, and its dialog, which asks for values or for a confirmation. It must not
//! know what is changed.

use std::pin::Pin;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;

use super::field::unique_id;
use super::shown::{Busy, ErrorText};
use super::status::{Status, use_status};
use crate::api::ApiError;
use crate::texts::use_texts;
use crate::words::{self as w, Word};

/// A change in progress. Its answer is announced once it is done.
pub(crate) type Change = Pin<Box<dyn Future<Output = Result<(), ApiError>>>>;

/// A button that opens a dialog.
#[component]
pub(crate) fn Action(
    /// Its text.
    label: Word,
    /// The description in the dialog.
    #[prop(optional, into)]
    about: Option<Word>,
    /// The text of the dialog's button, if it is another one.
    #[prop(optional, into)]
    submit: Option<Word>,
    /// Whether it is destructive.
    #[prop(optional)]
    danger: bool,
    /// Whether it is the primary action of the page.
    #[prop(optional)]
    primary: bool,
    /// Is called before the dialog opens.
    #[prop(optional, into)]
    on_open: Option<Callback<()>>,
    /// Starts it. Invalid fields are an error, too.
    change: Callback<(), Change>,
    /// The fields.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let texts = use_texts();
    let opener = NodeRef::<html::Button>::new();
    let asked = Asked {
        dialog: NodeRef::new(),
        busy: RwSignal::new(false),
        error: RwSignal::new(None),
        status: use_status(),
        done: texts.text(w::DONE),
    };
    let begin = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        asked.begin(change);
    };
    let Asked { dialog, busy, error, .. } = asked;
    // A closing dialog returns the focus to its button, which may be gone by then.
    on_cleanup(move || hand_on_focus(opener.try_get_untracked().flatten().as_deref()));
    let open = move |_| {
        if let Some(on_open) = on_open {
            on_open.run(());
        }
        asked.open();
    };
    let title_id = unique_id();
    let labelled_by = title_id.clone();
    let class = match (danger, primary) {
        (true, _) => "danger",
        (_, true) => "primary",
        _ => "",
    };
    let submit_class = if danger { "danger filled" } else { "primary" };
    view! {
        <button type="button" class=class node_ref=opener on:click=open>
            {texts.text(label)}
        </button>
        <dialog node_ref=dialog aria-labelledby=labelled_by>
            <form on:submit=begin>
                <h2 id=title_id>{texts.text(label)}</h2>
                {about.map(|about| view! { <p>{texts.text(about)}</p> })}
                {children.map(|children| children())}
                {move || error.get().map(|error| view! { <ErrorText error=error /> })}
                <div class="buttons">
                    <button type="button" on:click=move |_| asked.close()>
                        {texts.text(w::CANCEL)}
                    </button>
                    <button type="submit" class=submit_class aria-disabled=move || busy.get().to_string()>
                        {texts.text(submit.unwrap_or(label))}
                    </button>
                </div>
                <Busy busy=busy />
            </form>
        </dialog>
    }
    .into_any()
}

/// The dialog, and how far its change is.
#[derive(Clone, Copy)]
struct Asked {
    dialog: NodeRef<html::Dialog>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
    status: Status,
    /// What the status line says once it is done.
    done: &'static str,
}

impl Asked {
    fn open(self) {
        self.error.set(None);
        if let Some(dialog) = self.dialog.get_untracked() {
            // It only fails if it is open already.
            let _ = dialog.show_modal();
        }
    }

    fn close(self) {
        if let Some(dialog) = self.dialog.try_get_untracked().flatten() {
            dialog.close();
        }
    }

    /// Begins the change, unless one is on its way.
    fn begin(self, change: Callback<(), Change>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        let change = change.run(());
        spawn_local(async move {
            let changed = change.await;
            // By now the action may be gone: live events can tell of a change before its answer.
            let _ = self.busy.try_set(false);
            match changed {
                Ok(()) => {
                    self.close();
                    self.status.report(self.done);
                }
                Err(what) => _ = self.error.try_set(Some(what)),
            }
        });
    }
}

/// The focus of a button that is removed goes to the page's heading.
fn hand_on_focus(button: Option<&web_sys::HtmlElement>) {
    let (Some(button), Some(active)) = (button, document().active_element()) else { return };
    if active.is_same_node(Some(button))
        && let Ok(Some(heading)) = document().query_selector("h1")
    {
        // It only fails for elements that are not HTML.
        let _ = heading.unchecked_ref::<web_sys::HtmlElement>().focus();
    }
}

/// A change, created anew each time.
pub(crate) fn change<F>(begin: impl Fn() -> F + Send + Sync + 'static) -> Callback<(), Change>
where
    F: Future<Output = Result<(), ApiError>> + 'static,
{
    Callback::new(move |()| Box::pin(begin()) as Change)
}
