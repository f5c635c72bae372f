//! The generation that an address names, if it belongs to the caller.

use ai_now_protocol::Code;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::Principal;
use crate::http::error::Problem;
use crate::http::state::App;
use crate::store::GenerationRow;

/// The generation.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct Which {
    /// The generation's id.
    #[param(pattern = "^[a-km-z2-9]{26}$")]
    pub(crate) id: String,
}

/// The generation with this id.
///
/// # Errors
/// 404 if there is none or it belongs to another owner.
pub(crate) async fn owned(
    app: &App,
    id: &str,
    principal: &Principal,
) -> Result<GenerationRow, Problem> {
    app.store.generation_of(id, principal).await?.ok_or_else(unknown)
}

/// The answer to an id that is not a generation of the caller's.
pub(crate) fn unknown() -> Problem {
    Problem::not_found(Code::NoSuchGeneration, "There is no such generation, or it is not yours.")
}
