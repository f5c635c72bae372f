//! The whole studio, as Leptos mounts it: provides the context of the components, and puts them
//! into the frame that the shell has built. The views show signals and call functions; they decide
//! nothing.

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

/// The mounted elements, removed from the page when the owner ends.
#[derive(Clone, Copy)]
struct Mounted(StoredValue<Vec<UnmountHandle<Erased>>, LocalStorage>);

impl Mounted {
    fn put(self, place: HtmlElement, view: impl FnOnce() -> Erased + 'static) {
        let handle = mount_to(place, view);
        self.0.update_value(|all| all.push(handle));
    }
}

/// Mounts the studio in the frame, in the current owner. The prompt works at once; the rest appears
/// a moment later. Parts that wait for data change in place.
pub(crate) fn mount(state: AppState, frame: Frame) {
    state.provide();
    provide_context(Landmarks::new());
    provide_context(KeptPictures::new());
    let mounted = Mounted(StoredValue::new_local(Vec::new()));
    mounted.put(frame.places().prompt(), || view! { <CharCounter /> }.erased());
    adopt_field(&frame);
    state.page.spawn(show(state, frame, mounted));
}

/// Shows the parts one after the other, the most prominent first, each in a task of its own, so
/// that typing stays responsive on a slow device.
async fn show(state: AppState, frame: Frame, mounted: Mounted) {
    let places = frame.places();
    let disabled_reason = use_disabled_reason();
    if frame.has_preview() {
        // The preview shows the balance. So must the view that replaces it.
        state.loading.wait_briefly_for(Part::Session).await;
    }
    frame.end_preview(&places.bar());
    mounted.put(places.bar(), move || view! { <SubmitBar disabled_reason /> }.erased());
    TimeoutFuture::new(0).await;
    // The shell has loaded it while the studio was loading.
    state.loading.wait_briefly_for(Part::Catalog).await;
    if let Some(model) = frame.previewed_model() {
        state.draft.choose_model(&model);
    }
    frame.end_preview(&places.compose());
    mounted.put(places.compose(), || view! { <Examples /> }.erased());
    mounted.put(places.compose(), || view! { <ModelPicker /> }.erased());
    TimeoutFuture::new(0).await;
    mounted.put(places.compose(), || view! { <StylePicker /> }.erased());
    TimeoutFuture::new(0).await;
    mounted.put(places.compose(), || view! { <OptionFields /> }.erased());
    if state.page.mode() == Mode::Direct {
        mounted.put(places.compose(), || view! { <ApiKeyField /> }.erased());
    }
    TimeoutFuture::new(0).await;
    mounted.put(places.desk(), || view! { <ResultPanel /> }.erased());
    TimeoutFuture::new(0).await;
    adopt_form(&frame, disabled_reason);
    TimeoutFuture::new(0).await;
    mounted.put(places.studio(), || view! { <HistoryGallery /> }.erased());
}
