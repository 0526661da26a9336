//! The composition root: the only place that names concrete adapters. Starts and stops the parts in order.

use crate::clock::{SharedClock, SystemClock};
use crate::config::Config;
use crate::engine::{ArchiveBounds, Engine, EngineError, EngineSettings, EngineSite, PictureLimits};
use crate::model::SiteKey;
use crate::rpc::{self, ServeError, Services};
use crate::scheduler::Scheduler;
use crate::site::after_run::AfterRun;
use crate::site::local_pool::{Absence, LocalFilePool};
use crate::site::sql::{SiteAddress, SqlSite, UnknownVersions};
use crate::site::webservice::{WebService, WebServiceAddress, WebServiceError};
use crate::site::{CacheCare, FilePool, MoodleCalls, SiteError};
use crate::store::{Limits, Store, StoreError};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Why the service could not start, or did not end well.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The store cannot be opened.
    #[error("cannot open the data folder: {0}")]
    Store(#[from] StoreError),
    /// The site cannot be opened.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// There is no client for Moodle's web services.
    #[error(transparent)]
    WebService(#[from] WebServiceError),
    /// The engine cannot take up its runs.
    #[error("cannot start the engine: {0}")]
    Engine(#[from] EngineError),
    /// The listener failed.
    #[error("cannot serve: {0}")]
    Serve(#[from] ServeError),
    /// The listener has no address.
    #[error("cannot tell the address of the listener: {0}")]
    Address(#[source] std::io::Error),
    /// A part of the service broke down.
    #[error("a part of the service broke down: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl AppError {
    /// Whether another process works on the data folder.
    pub fn folder_in_use(&self) -> bool {
        matches!(self, Self::Store(StoreError::Locked { .. }))
    }
}

/// The whole service.
#[derive(Debug, Clone, Copy)]
pub struct App;

/// What a service is started for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// To serve until it is stopped, schedules included.
    Service,
    /// For one command of the command line: schedules rest, because the process may end any moment.
    OneCommand,
}

/// The service at work.
pub struct RunningApp {
    /// Where it listens.
    pub address: SocketAddr,
    stop: CancellationToken,
    ended: CancellationToken,
    engine: Engine,
    site: SqlSite,
    serving: JoinHandle<Result<(), ServeError>>,
    scheduling: Option<JoinHandle<()>>,
    tidying: JoinHandle<()>,
}

impl App {
    /// Starts the service on `listener`: store, site, engine, scheduler, then the services. Ready when it returns.
    pub async fn start(config: &Config, listener: TcpListener, duty: Duty) -> Result<RunningApp, AppError> {
        Self::start_at(config, listener, duty, Arc::new(SystemClock)).await
    }

    /// The same by another clock.
    pub async fn start_at(
        config: &Config,
        listener: TcpListener,
        duty: Duty,
        clock: SharedClock,
    ) -> Result<RunningApp, AppError> {
        let address = listener.local_addr().map_err(AppError::Address)?;
        let limits = Limits { file_size: config.store.max_file_bytes };
        let store = Store::open_with(&config.data, Arc::clone(&clock), limits).await?;
        let (caches, calls) = (cache_care(config)?, moodle_calls(config)?);
        let site = open_site(config).await?;
        let key = SiteKey(config.site.name.clone());
        let file_pool = file_pool(config).map(|pool| Arc::new(pool) as Arc<dyn FilePool>);
        let engine_site = EngineSite { reader: site.reader(), writer: site.writer(), caches, calls, file_pool };
        let sites = BTreeMap::from([(key, engine_site)]);
        let engine = Engine::open_with(store.clone(), sites, Arc::clone(&clock), engine_settings(config)).await?;
        let scheduler = Scheduler::new(store.clone(), Arc::new(engine.clone()), clock);
        let stop = CancellationToken::new();
        let scheduling = match duty {
            Duty::Service => Some(tokio::spawn(scheduler.clone().run(stop.clone()))),
            Duty::OneCommand => None,
        };
        let tidying = tokio::spawn({
            let engine = engine.clone();
            async move { engine.keep_tidy().await }
        });
        let services = Services { engine: engine.clone(), store, scheduler };
        let ended = CancellationToken::new();
        let serving = tokio::spawn({
            let (stop, guard) = (stop.clone(), ended.clone().drop_guard());
            async move {
                let _ended_with_this_task = guard;
                rpc::serve(listener, services, stop).await
            }
        });
        Ok(RunningApp { address, stop, ended, engine, site, serving, scheduling, tidying })
    }
}

fn engine_settings(config: &Config) -> EngineSettings {
    let pictures = &config.pictures;
    EngineSettings {
        reconnect_timeout: config.site.reconnect_timeout,
        archives: ArchiveBounds {
            entries: pictures.max_entries,
            entry_bytes: pictures.max_entry_bytes,
            total_bytes: pictures.max_total_bytes,
            ratio: pictures.max_ratio,
        },
        pictures: PictureLimits { pixels: pictures.max_pixels, memory: pictures.max_memory_bytes },
    }
}

/// The site that the settings name: a Moodle's database, or the embedded site in the data folder.
async fn open_site(config: &Config) -> Result<SqlSite, SiteError> {
    let site = &config.site;
    let Some(url) = &site.url else {
        return SqlSite::open_embedded(&embedded_site_folder(&config.data)).await;
    };
    let address = SiteAddress {
        url: url.expose().to_owned(),
        table_prefix: site.table_prefix.clone(),
        pool_size: site.pool_size,
        statement_timeout: site.statement_timeout,
        unknown_versions: match site.allow_unknown_version {
            true => UnknownVersions::Allowed,
            false => UnknownVersions::Refused,
        },
    };
    SqlSite::connect(&address).await
}

/// Moodle's web services, where the settings name an account.
fn web_service(config: &Config) -> Result<Option<WebService>, WebServiceError> {
    let service = &config.site.webservice;
    let (Some(url), Some(token)) = (&service.url, &service.token) else { return Ok(None) };
    let address = WebServiceAddress {
        url: url.as_str().to_owned(),
        token: SecretString::from(token.expose()),
        timeout: service.timeout,
        content_timeout: service.content_timeout,
    };
    WebService::new(address).map(Some)
}

/// Moodle's file pool: the folder that the settings name, or one beside the embedded site.
fn file_pool(config: &Config) -> Option<LocalFilePool> {
    match (&config.site.filedir, &config.site.url) {
        (Some(folder), _) => Some(LocalFilePool::new(folder.clone(), Absence::Refused)),
        (None, Some(_)) => None,
        (None, None) => Some(LocalFilePool::new(embedded_site_folder(&config.data).join("filedir"), Absence::Filled)),
    }
}

/// Who brings up to date what a running Moodle remembers: the operator's command before the web services. Behind the
/// embedded site runs no Moodle.
fn cache_care(config: &Config) -> Result<CacheCare, WebServiceError> {
    let site = &config.site;
    if let Some(command) = &site.after_run {
        let (program, arguments) = (command.program.clone(), command.arguments.clone());
        return Ok(CacheCare::By(Arc::new(AfterRun { program, arguments, timeout: site.after_run_timeout })));
    }
    if site.url.is_none() {
        return Ok(CacheCare::Needless);
    }
    Ok(web_service(config)?.map_or(CacheCare::ByHand, |service| CacheCare::By(Arc::new(service))))
}

/// Who does what only a running Moodle can do. Behind the embedded site runs none.
fn moodle_calls(config: &Config) -> Result<Option<Arc<dyn MoodleCalls>>, WebServiceError> {
    if config.site.url.is_none() {
        return Ok(None);
    }
    Ok(web_service(config)?.map(|service| Arc::new(service) as Arc<dyn MoodleCalls>))
}

/// What a first look at the site tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteCheck {
    /// Moodle's version number: `2022112802.06`.
    pub version: String,
    /// Moodle's release, in words.
    pub release: String,
    /// Short names of the roles that command files may name.
    pub roles: Vec<String>,
    /// Enabled enrolment methods, in the site's order.
    pub enrol_methods: Vec<String>,
    /// How caches of a running Moodle are brought up to date after runs, in words.
    pub caches: String,
    /// Where contents of files go, in words.
    pub file_pool: String,
    /// Why they cannot go there; none when all is well, or when there is no such place.
    pub file_pool_problem: Option<String>,
    /// The account of Moodle's web services, where the settings name one.
    pub web_service: Option<WebServiceCheck>,
}

/// What a first look at Moodle's web services tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebServiceCheck {
    /// Where they are.
    pub url: String,
    /// User name of the account. None where they cannot be asked.
    pub username: Option<String>,
    /// What is wrong and what to do; none when all is well.
    pub findings: Vec<String>,
}

/// Connects to the site as the service would: version, tables and columns are checked, and the account of the web
/// services. Changes nothing.
pub async fn check_site(config: &Config) -> Result<SiteCheck, AppError> {
    let caches = cache_care(config)?.to_string();
    let site = open_site(config).await?;
    let facts = site.reader().facts().await?;
    site.close().await;
    let web_service = match web_service(config)? {
        Some(service) => Some(check_web_service(&service, facts.config("version")).await),
        None => None,
    };
    let (file_pool, file_pool_problem) = match file_pool(config) {
        Some(pool) => (pool.to_string(), pool.check().await.err().map(|error| error.to_string())),
        None => ("nowhere: site.filedir is not set".to_owned(), None),
    };
    Ok(SiteCheck {
        caches,
        file_pool,
        file_pool_problem,
        web_service,
        version: facts.config("version").to_owned(),
        release: facts.config("release").to_owned(),
        roles: facts.roles.iter().map(|role| role.shortname.clone()).collect(),
        enrol_methods: facts.enrol_plugins().map(str::to_owned).collect(),
    })
}

/// Asks Moodle about the account, and compares with what the database says.
async fn check_web_service(service: &WebService, version: &str) -> WebServiceCheck {
    let url = service.url().to_owned();
    let account = match service.account().await {
        Ok(account) => account,
        Err(error) => return WebServiceCheck { url, username: None, findings: vec![error.to_string()] },
    };
    let missing = account.missing.iter().map(|function| {
        format!(
            "the token may not call {}, which is needed for {}; add it at Site administration > Server > Web services > \
             External services > Functions",
            function.name(),
            function.purpose()
        )
    });
    let mut findings: Vec<String> = missing.collect();
    if account.version.trim() != version.trim() {
        findings.push(format!(
            "Moodle answers as version {:?} and its database says {version:?}; site.url and site.webservice.url are two \
             sites, or an upgrade is under way",
            account.version
        ));
    }
    WebServiceCheck { url, username: Some(account.username), findings }
}

/// Looks over the whole site for what does not fit together: contexts, sort orders, counters, rows without an owner.
/// Only reads. One finding a string; none when all is well.
pub async fn verify_site(config: &Config) -> Result<Vec<String>, AppError> {
    let site = open_site(config).await?;
    let findings = site.verify().await;
    site.close().await;
    Ok(findings?)
}

/// Where the embedded site lives in a data folder.
pub fn embedded_site_folder(data: &Path) -> std::path::PathBuf {
    data.join("site")
}

impl RunningApp {
    /// Begins a graceful end: no more calls, open streams end, runs stop behind their present chunk.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Returns when the service no longer answers calls, wanted or not.
    pub async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Returns when everything has ended.
    pub async fn stopped(self) -> Result<(), AppError> {
        let served = self.serving.await?;
        self.stop.cancel();
        if let Some(scheduling) = self.scheduling {
            scheduling.await?;
        }
        self.engine.shut_down().await;
        self.tidying.await?;
        self.site.close().await;
        Ok(served?)
    }
}

#[cfg(test)]
mod every_tool;
#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;
