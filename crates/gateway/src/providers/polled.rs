//! Services that take a job and are polled until it is done. [`driver`] does what they have in
//! common, [`adapter`] names what differs, and each service is one file.

pub(super) mod adapter;
pub(super) mod driver;
mod fal;
mod luma;
mod replicate;
mod runway;

pub use self::driver::Polled;
