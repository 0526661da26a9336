//! Engine and sites together, with things happening to the site at exact moments of a run.

mod asking;
mod beside;
mod lost;
pub(super) mod meddling;
mod silent;

#[test]
fn an_engine_without_settings_is_one_with_the_defaults_of_the_configuration() {
    assert_eq!(super::engine_settings(&crate::config::Config::default()), crate::engine::EngineSettings::default());
}
