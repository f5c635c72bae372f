//! The whole studio, as Leptos mounts it: provides what components take out of the context, and puts
//! them into the frame that the shell has put up. The views show signals and call functions; they
//! decide nothing.

use gloo_timers::future::TimeoutFuture;
use leptos::mount::{UnmountHandle, mount_to};
use leptos::prelude::*;
use web_sys::HtmlElement;

use crate::components::api_key_field::ApiKeyField;
use crate::components::erased::{Erase, Erased};
use crate::components::history_gallery::HistoryGallery;
use crate::components::landmarks::Landmarks;
use crate::components::model_picker::ModelPicker;
use crate::components::option_fields::OptionFields;
use crate::components::prompt_form::{CharCounter, Examples, adopt_field, adopt_form};
use crate::components::result_panel::ResultPanel;
use crate::components::style_picker::StylePicker;
use crate::components::submit_bar::{SubmitBar, use_disabled_reason};
use crate::components::thumbnail::KeptPictures;
use crate::config::Mode;
use crate::frame::Frame;
use crate::state::AppState;
use crate::state::loading::Part;

/// What is mounted, to be taken out of the page when the owner ends.
#[derive(Clone, Copy)]
struct Mounted(StoredValue<Vec<UnmountHandle<Erased>>, LocalStorage>);

impl Mounted {
    fn put(self, place: HtmlElement, view: impl FnOnce() -> Erased + 'static) {
        let handle = mount_to(place, view);
        self.0.update_value(|all| all.push(handle));
    }
}

/// Mounts the studio in the frame, in the current owner. The prompt is its own at once; the rest stands
/// a moment later. What it has to ask for changes in place.
pub(crate) fn mount(state: AppState, frame: Frame) {
    state.provide();
    provide_context(Landmarks::new());
    provide_context(KeptPictures::new());
    let mounted = Mounted(StoredValue::new_local(Vec::new()));
    mounted.put(frame.places().prompt(), || view! { <CharCounter /> }.erased());
    adopt_field(&frame);
    state.page.spawn(show(state, frame, mounted));
}

/// Shows the parts one after the other, from where people look first, each in a task of its own: on a
/// slow device none of them keeps what is typed waiting.
async fn show(state: AppState, frame: Frame, mounted: Mounted) {
    let places = frame.places();
    let disabled_reason = use_disabled_reason();
    mounted.put(places.bar(), move || view! { <SubmitBar disabled_reason /> }.erased());
    TimeoutFuture::new(0).await;
    // The shell has asked for it while the studio was on its way.
    state.loading.wait_briefly_for(Part::Catalog).await;
    mounted.put(places.compose(), || view! { <Examples /> }.erased());
    mounted.put(places.compose(), || view! { <ModelPicker /> }.erased());
    TimeoutFuture::new(0).await;
    mounted.put(places.compose(), || view! { <StylePicker /> }.erased());
    mounted.put(places.compose(), || view! { <OptionFields /> }.erased());
    if state.page.mode() == Mode::Direct {
        mounted.put(places.compose(), || view! { <ApiKeyField /> }.erased());
    }
    TimeoutFuture::new(0).await;
    mounted.put(places.desk(), || view! { <ResultPanel /> }.erased());
    adopt_form(&frame, disabled_reason);
    TimeoutFuture::new(0).await;
    mounted.put(places.studio(), || view! { <HistoryGallery /> }.erased());
}
