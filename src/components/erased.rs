//! What keeps the views small. `view!` makes a type of its own for every element, closure and node
//! reference, and the compiler generates code for each: to build it, and to compare it with the
//! next one of its type. Here are the few types that views share instead:
//!
//! - a component ends in [`Erase::erased`]: its type is erased, and the next view replaces it
//!   without a comparison;
//! - what follows from signals is wrapped in [`live`], an event handler in [`handler`];
//! - [`ElementRef`] is the reference to an element of any kind, [`effect`] the one effect, and [`memo()`] the
//!   one memo of a type.
//!
//! It must not know what is shown.

use leptos::prelude::*;
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::html::element::ElementType;
use leptos::tachys::html::node_ref::NodeRefContainer;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::add_attr::AddAnyAttr;
use leptos::tachys::view::{Mountable, Position, PositionState, Render, RenderHtml};
use send_wrapper::SendWrapper;
use web_sys::{Element, Node};

pub(crate) use crate::reactive::{effect, memo};

/// A view that is built already, of any type: one element, always the same, or none. Attributes
/// that are spread onto it have no effect.
pub(crate) struct Erased(SendWrapper<(Option<Element>, Box<dyn Held>)>);

/// What keeps a view alive: it is only ever dropped, so that no type needs more code for this.
trait Held {}

impl<T> Held for T {}

/// Erases the type of a view.
pub(crate) trait Erase {
    /// Builds the view, in the current owner. Its root is one element, always the same, or none.
    fn erased(self) -> Erased;
}

impl<V> Erase for V
where
    V: Render,
    V::State: 'static,
{
    fn erased(self) -> Erased {
        let state = self.build();
        let mut roots = state.elements();
        debug_assert!(roots.len() <= 1, "its root is one element");
        Erased(SendWrapper::new((roots.pop(), Box::new(state))))
    }
}

impl Mountable for Erased {
    fn unmount(&mut self) {
        if let (Some(root), _) = &*self.0 {
            root.remove();
        }
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        if let (Some(root), _) = &*self.0 {
            // The marker is in the parent, so this can't fail.
            let _ = parent.insert_before(root, marker);
        }
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let (root, _) = &*self.0;
        let parent = root.as_ref().and_then(|root| root.parent_element());
        parent.is_some_and(|parent| {
            child.mount(&parent, root.as_deref());
            true
        })
    }

    fn elements(&self) -> Vec<Element> {
        self.0.0.iter().cloned().collect()
    }
}

impl Render for Erased {
    type State = Self;

    fn build(self) -> Self {
        self
    }

    /// Takes the place of the view before. The focus, if that had it, goes to the nearest part around
    /// it that takes it, instead of to the page's start.
    fn rebuild(mut self, state: &mut Self) {
        let (root, _) = &*state.0;
        let focused = root.as_ref().filter(|root| root.matches(":focus-within") == Ok(true));
        let heir = focused.and_then(|root| root.parent_element()?.closest("[tabindex]").ok()?);
        state.insert_before_this(&mut self);
        state.unmount();
        if let Some(heir) = heir {
            focus(&heir);
        }
        *state = self;
    }
}

impl AddAnyAttr for Erased {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self {
        self
    }
}

/// Leptos requires this of every view. The widget is rendered only in the browser.
impl RenderHtml for Erased {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        _buf: &mut String,
        _position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _extra_attrs: Vec<AnyAttribute>,
    ) {
    }

    fn hydrate<const FROM_SERVER: bool>(self, _cursor: &Cursor, _position: &PositionState) -> Self {
        self
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// A text, attribute, property or view that depends on signals.
pub(crate) type Live<T> = Box<dyn FnMut() -> T + Send>;

/// A [`Live`] value.
pub(crate) fn live<T>(value: impl FnMut() -> T + Send + 'static) -> Live<T> {
    Box::new(value)
}

/// The handler of an event `E`.
pub(crate) type Handler<E> = Box<dyn FnMut(E)>;

/// A [`Handler`].
pub(crate) fn handler<E>(act: impl FnMut(E) + 'static) -> Handler<E> {
    Box::new(act)
}

/// A reference to an element of any kind, as `NodeRef` is to one kind.
#[derive(Clone, Copy)]
pub(crate) struct ElementRef(StoredValue<Option<Element>, LocalStorage>);

impl ElementRef {
    /// An empty reference, in the current owner.
    pub(crate) fn new() -> Self {
        Self(StoredValue::new_local(None))
    }

    /// Refers to an existing element.
    pub(crate) fn set(self, element: Element) {
        self.0.set_value(Some(element));
    }

    /// The element; `None` before its view is built, and once the owner has ended.
    pub(crate) fn get(self) -> Option<Element> {
        self.0.try_get_value().flatten()
    }

    /// Focuses it, if it can be focused.
    pub(crate) fn focus(self) {
        if let Some(element) = self.get() {
            focus(&element);
        }
    }
}

impl<E: ElementType> NodeRefContainer<E> for ElementRef {
    fn load(self, element: &Element) {
        self.0.set_value(Some(element.clone()));
    }
}

/// Focuses an element, if it can be focused.
pub(crate) fn focus(element: &Element) {
    use wasm_bindgen::JsCast as _;
    // It only fails for elements that are not HTML.
    let _ = element.unchecked_ref::<web_sys::HtmlElement>().focus();
}

/// A boolean, in the form of ARIA's attributes.
pub(crate) fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
