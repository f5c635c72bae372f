//! Services that take a job and are polled until it is done. [`driver`] does what they have in
//! common; [`adapter`] defines what differs; each service is one file.

mod adapter;
pub(super) mod driver;
pub(super) mod fal;
pub(super) mod kling;
pub(super) mod luma;
pub(super) mod luma_agents;
pub(super) mod mureka;
pub(super) mod replicate;
pub(super) mod runway;
mod unknown_states;

pub(super) use self::adapter::Adapter;
pub use self::driver::Polled;
