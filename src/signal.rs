//! Leptos' signals, memos and stored values, compiled once. Leptos compiles each anew for every type
//! that one holds, about 2 KB a type; these hold whatever it is behind one type, and cost a hundred
//! bytes. They are used as Leptos' own are, belong to the owner they are made in and end with it. It
//! must not know what is held.

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use leptos::prelude::{self, Get as _, GetUntracked as _, Notify, Track, WithUntracked};

/// A signal of anything. What it holds never changes its place: what changes is in a cell.
type Slot = prelude::RwSignal<Ticket>;

/// The right to one of the [`HELD`]. Leptos may hand a signal to other threads, so this is all that
/// a signal gets: the wrapper that Leptos has for things of one thread costs 4 KB.
struct Ticket(usize);

/// What is held, by its ticket.
struct Held {
    /// `None` where a ticket is free.
    all: Vec<Option<Rc<dyn Any>>>,
    free: Vec<usize>,
}

thread_local! {
    static HELD: RefCell<Held> = const { RefCell::new(Held { all: Vec::new(), free: Vec::new() }) };
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let last = HELD.with_borrow_mut(|held| {
            held.free.push(self.0);
            held.all.get_mut(self.0).and_then(Option::take)
        });
        // Only now: what ends may hold tickets itself.
        drop(last);
    }
}

#[inline(never)]
fn slot(held: Rc<dyn Any>) -> Slot {
    let ticket = HELD.with_borrow_mut(|table| {
        let ticket = table.free.pop().unwrap_or(table.all.len());
        match table.all.get_mut(ticket) {
            Some(place) => *place = Some(held),
            None => table.all.push(Some(held)),
        }
        ticket
    });
    Slot::new(Ticket(ticket))
}

/// What is held; `None` once the owner has ended.
#[inline(never)]
fn held(slot: Slot) -> Option<Rc<dyn Any>> {
    let ticket = slot.try_with_untracked(|ticket| ticket.0)?;
    HELD.with_borrow(|table| table.all.get(ticket).cloned().flatten())
}

#[inline(never)]
fn track(slot: Slot) {
    slot.track();
}

#[inline(never)]
fn notify(slot: Slot) {
    slot.notify();
}

/// Holds something until the current owner ends.
pub(crate) fn keep(something: impl Any) {
    slot(Rc::new(something));
}

/// A value that tells who read it when it changes.
pub(crate) struct RwSignal<T>(Slot, PhantomData<fn() -> T>);

impl<T> Clone for RwSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RwSignal<T> {}

impl<T> PartialEq for RwSignal<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for RwSignal<T> {}

impl<T: 'static> RwSignal<T> {
    /// A signal in the current owner.
    pub(crate) fn new(value: T) -> Self {
        Self(slot(Rc::new(RefCell::new(value))), PhantomData)
    }

    #[inline(never)]
    fn cell(self) -> Option<Rc<RefCell<T>>> {
        held(self.0)?.downcast().ok()
    }

    /// Notes that whoever runs has read it.
    pub(crate) fn track(self) {
        track(self.0);
    }

    /// Looks at it, without being told of changes.
    ///
    /// # Panics
    /// Once its owner has ended.
    pub(crate) fn with_untracked<U>(self, look: impl FnOnce(&T) -> U) -> U {
        let cell = self.cell().expect("its owner lives");
        let value = cell.borrow();
        look(&value)
    }

    /// Looks at it.
    ///
    /// # Panics
    /// Once its owner has ended.
    pub(crate) fn with<U>(self, look: impl FnOnce(&T) -> U) -> U {
        self.track();
        self.with_untracked(look)
    }

    /// Changes it. `None` once its owner has ended.
    pub(crate) fn try_update<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        let cell = self.cell()?;
        let answer = change(&mut cell.borrow_mut());
        notify(self.0);
        Some(answer)
    }

    /// Changes it; does nothing once its owner has ended.
    pub(crate) fn update(self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    /// Puts another value in its place; does nothing once its owner has ended.
    pub(crate) fn set(self, value: T) {
        self.try_update(|held| *held = value);
    }
}

impl<T: Clone + 'static> RwSignal<T> {
    /// What it holds.
    ///
    /// # Panics
    /// Once its owner has ended.
    pub(crate) fn get(self) -> T {
        self.with(T::clone)
    }

    /// What it holds, without being told of changes.
    ///
    /// # Panics
    /// Once its owner has ended.
    pub(crate) fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

/// A value that follows from signals. Who read it is told only when it becomes another.
pub(crate) struct Memo<T> {
    /// Rises with each other value.
    version: prelude::Memo<u32>,
    value: RwSignal<Option<T>>,
}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Memo<T> {}

impl<T: PartialEq + 'static> Memo<T> {
    /// A memo in the current owner.
    pub(crate) fn new(follow: impl Fn() -> T + Send + Sync + 'static) -> Self {
        let value = RwSignal::new(None);
        let changes = move || {
            let now = Some(follow());
            value.cell().is_some_and(|cell| {
                let changes = *cell.borrow() != now;
                if changes {
                    cell.replace(now);
                }
                changes
            })
        };
        Self { version: version(Box::new(changes)), value }
    }

    /// Looks at it.
    ///
    /// # Panics
    /// Once its owner has ended.
    pub(crate) fn with<U>(self, look: impl FnOnce(&T) -> U) -> U {
        self.version.get();
        self.look(look)
    }

    fn look<U>(self, look: impl FnOnce(&T) -> U) -> U {
        self.value.with_untracked(|value| look(value.as_ref().expect("its version is known")))
    }
}

impl<T: Clone + PartialEq + 'static> Memo<T> {
    /// What it is.
    ///
    /// # Panics
    /// Once its owner has ended.
    pub(crate) fn get(self) -> T {
        self.with(T::clone)
    }

    /// What it is, without being told of changes.
    ///
    /// # Panics
    /// Once its owner has ended.
    pub(crate) fn get_untracked(self) -> T {
        self.version.get_untracked();
        self.look(T::clone)
    }
}

fn version(changes: Box<dyn Fn() -> bool + Send + Sync>) -> prelude::Memo<u32> {
    prelude::Memo::new(move |before: Option<&u32>| {
        let before = before.copied().unwrap_or(0);
        before.wrapping_add(changes().into())
    })
}

/// A value that nobody is told of.
pub(crate) struct StoredValue<T>(RwSignal<T>);

impl<T> Clone for StoredValue<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for StoredValue<T> {}

impl<T: 'static> StoredValue<T> {
    /// A value in the current owner.
    pub(crate) fn new(value: T) -> Self {
        Self(RwSignal::new(value))
    }

    /// Looks at it; `None` once its owner has ended.
    pub(crate) fn try_with_value<U>(self, look: impl FnOnce(&T) -> U) -> Option<U> {
        let cell = self.0.cell()?;
        let value = cell.borrow();
        Some(look(&value))
    }

    /// Looks at it.
    ///
    /// # Panics
    /// Once its owner has ended.
    pub(crate) fn with_value<U>(self, look: impl FnOnce(&T) -> U) -> U {
        self.0.with_untracked(look)
    }
}
