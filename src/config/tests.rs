use super::*;
use std::time::Duration;

fn load(toml: &str, environment: &[(&str, &str)], flags: Flags) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("t.toml");
    std::fs::write(&file, toml).unwrap();
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::layered(Some(&file), environment, flags)
}

#[test]
fn nothing_given_is_the_defaults() {
    assert_eq!(Config::layered(None, [], Flags::default()).unwrap(), Config::default());
    assert_eq!(load("", &[("HOME", "/")], Flags::default()).unwrap(), Config::default());
}

#[test]
fn each_layer_is_stronger_than_the_one_before() {
    let toml = "data = 'file'\nlisten = '127.0.0.1:1'\n[site]\nname = 'campus'\n[log]\nlevel = 'debug'\n";
    let environment = [
        ("TOOLSYNC_LISTEN", "127.0.0.1:2"),
        ("TOOLSYNC_DATA", "2025"),
        ("TOOLSYNC_STORE__MAX_FILE_BYTES", "4096"),
        ("TOOLSYNC_SERVER", "http://127.0.0.1:9"),
    ];
    let config = load(toml, &environment, Flags { data: Some("flag".into()), listen: None }).unwrap();
    assert_eq!(config.data, PathBuf::from("flag"));
    assert_eq!(config.listen, SocketAddr::from((Ipv4Addr::LOCALHOST, 2)));
    assert_eq!(config.site.name, "campus");
    assert_eq!(config.store.max_file_bytes, 4096);
    assert_eq!(config.log.level, LogLevel::Debug);
    assert_eq!(load(toml, &environment, Flags::default()).unwrap().data, PathBuf::from("2025"));
}

#[test]
fn all_problems_are_told_with_their_origin() {
    let toml = "lisen = 'x'\n[store]\nmax_file_bytes = -1\n[log]\nlevel = ['info']\n";
    let flags = Flags { data: None, listen: Some("nowhere".into()) };
    let Err(ConfigError::Problems(problems)) = load(toml, &[("TOOLSYNC_SITE__NAME", "")], flags) else {
        panic!("expected problems");
    };
    let mut told: Vec<_> = problems
        .iter()
        .map(|p| format!("{} [{}] {}", p.key, p.origin.rsplit('/').next().unwrap(), p.problem))
        .collect();
    told.sort();
    let expected = [
        "lisen [t.toml] there is no such setting; did you mean listen?",
        "listen [flag --listen] \"nowhere\" is no address; write it as IP:PORT, like 127.0.0.1:50051",
        "log.level [t.toml] a list cannot stand here; write one value",
        "site.name [environment variable TOOLSYNC_SITE__NAME] it is empty; leave it out to have the default",
        "store.max_file_bytes [t.toml] \"-1\" is no size; write a whole number of bytes, at least 1",
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_limits_of_pictures_are_settings() {
    let toml = "[pictures]\nmax_entries = 1\nmax_entry_bytes = 2\nmax_total_bytes = 3\nmax_ratio = 4\nmax_pixels = 5\n\
                max_memory_bytes = 100000000\n";
    let expected = PicturesConfig {
        max_entries: 1,
        max_entry_bytes: 2,
        max_total_bytes: 3,
        max_ratio: 4,
        max_pixels: 5,
        max_memory_bytes: 100_000_000,
    };
    assert_eq!(load(toml, &[], Flags::default()).unwrap().pictures, expected);
    for (key, value) in
        [("max_entries", "0"), ("max_ratio", "x"), ("max_pixels", "-1"), ("max_memory_bytes", "67108863")]
    {
        let error = load(&format!("[pictures]\n{key} = '{value}'\n"), &[], Flags::default()).unwrap_err();
        let ConfigError::Problems(problems) = error else { panic!("expected problems") };
        assert!(problems[0].key.ends_with(key) && problems[0].problem.contains("write a whole number"), "{problems:?}");
    }
}

#[test]
fn a_missing_or_broken_file_is_refused() {
    let missing = Config::layered(Some(Path::new("no-such.toml")), [], Flags::default()).unwrap_err();
    assert!(matches!(missing, ConfigError::Unreadable { .. }), "{missing}");
    let broken = load("listen = \n", &[], Flags::default()).unwrap_err();
    assert!(matches!(broken, ConfigError::Syntax(_)) && broken.to_string().contains("t.toml"), "{broken}");
}

#[test]
fn only_loopback_addresses_are_served() {
    let at = |listen: &str| Config { listen: listen.parse().unwrap(), ..Config::default() }.loopback();
    for open in ["127.0.0.1:0", "127.9.9.9:80", "[::1]:50051"] {
        assert!(at(open).is_ok(), "{open}");
    }
    for refused in ["0.0.0.0:50051", "[::]:50051", "192.0.2.1:50051"] {
        assert!(at(refused).is_err(), "{refused}");
    }
}

#[test]
fn the_database_of_a_site_is_shown_without_its_password() {
    let toml = "[site]\nurl = 'postgres://u:secret@db:5432/moodle'\ntable_prefix = 'm_'\npool_size = 7\nstatement_timeout = 20\nreconnect_timeout = '9s'\n";
    let site = load(toml, &[], Flags::default()).unwrap().site;
    assert_eq!(site.url.as_ref().unwrap().expose(), "postgres://u:secret@db:5432/moodle");
    assert_eq!(format!("{:?}", site.url.unwrap()), "postgres://…@db:5432/moodle");
    assert_eq!((site.table_prefix.as_str(), site.pool_size.get(), site.statement_timeout.as_secs()), ("m_", 7, 20));
    assert_eq!(site.reconnect_timeout.as_secs(), 9);
    let wrong = [
        ("url", "oracle://u:secret@db"),
        ("table_prefix", "m-"),
        ("pool_size", "0"),
        ("statement_timeout", "0"),
        ("reconnect_timeout", "soon"),
    ];
    for (key, value) in wrong {
        let error = load(&format!("[site]\n{key} = '{value}'\n"), &[], Flags::default()).unwrap_err();
        let ConfigError::Problems(problems) = error else { panic!("expected problems") };
        assert!(problems.len() == 1 && !problems[0].problem.contains("secret"), "{problems:?}");
    }
}

#[test]
fn the_file_pool_of_a_site_is_an_absolute_path() {
    let site = load("[site]\nfiledir = '/srv/moodledata/filedir'\n", &[], Flags::default()).unwrap().site;
    assert_eq!(site.filedir, Some(PathBuf::from("/srv/moodledata/filedir")));
    for wrong in ["", "moodledata/filedir"] {
        let problems = problems(&format!("[site]\nfiledir = '{wrong}'\n"));
        assert!(problems.len() == 1 && problems[0].key == "site.filedir", "{wrong}: {problems:?}");
    }
}

/// The problems of settings that are refused.
fn problems(toml: &str) -> Vec<ConfigProblem> {
    match load(toml, &[], Flags::default()) {
        Err(ConfigError::Problems(problems)) => problems,
        other => panic!("expected problems, got {other:?}"),
    }
}

#[test]
fn the_command_after_a_run_is_a_list_in_the_file_or_json_in_the_environment() {
    let toml = "[site]\nafter_run = ['/opt/clear', '--level', 3]\nafter_run_timeout = 5\n";
    let from_file = load(toml, &[], Flags::default()).unwrap().site;
    let given = from_file.after_run.unwrap();
    assert_eq!(
        (given.program.as_str(), given.arguments.as_slice()),
        ("/opt/clear", ["--level", "3"].map(String::from).as_slice())
    );
    assert_eq!(from_file.after_run_timeout, Duration::from_secs(5));
    let environment = [("TOOLSYNC_SITE__AFTER_RUN", r#"["sh", "-c", "true; true"]"#)];
    let from_environment = load(toml, &environment, Flags::default()).unwrap().site.after_run.unwrap();
    assert_eq!(from_environment.arguments, ["-c", "true; true"]);
    for wrong in ["[]", "['']", "'clear the caches'"] {
        let problems = problems(&format!("[site]\nafter_run = {wrong}\n"));
        assert!(problems.len() == 1 && problems[0].key == "site.after_run", "{wrong}: {problems:?}");
    }
}

#[test]
fn the_token_of_the_web_service_comes_from_the_file_the_environment_or_a_file_of_its_own_and_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let token_file = folder.path().join("token");
    std::fs::write(&token_file, "c0ffee\n").unwrap();
    let url = "[site.webservice]\nurl = 'https://moodle.example.org/m/'\n";
    let own_file = format!("{url}token_file = '{}'\n", token_file.display());
    let environment = [("TOOLSYNC_SITE__WEBSERVICE__TOKEN", "c0ffee")];
    for (toml, environment) in
        [(format!("{url}token = 'c0ffee'\n"), &[][..]), (own_file.clone(), &[][..]), (url.to_owned(), &environment[..])]
    {
        let service = load(&toml, environment, Flags::default()).unwrap().site.webservice;
        assert_eq!(service.token.as_ref().map(Token::expose), Some("c0ffee"), "{toml}");
        assert_eq!(service.url.as_ref().map(MoodleUrl::as_str), Some("https://moodle.example.org/m"));
        assert!(!format!("{service:?}").contains("c0ffee"), "{service:?}");
    }
    let cases = [
        (url.to_owned(), "site.webservice.token"),
        ("[site.webservice]\ntoken = 'c0ffee'\n".to_owned(), "site.webservice.url"),
        (format!("{own_file}token = 'c0ffee'\n"), "site.webservice.token_file"),
        (format!("{url}token_file = '/no/such/file'\n"), "site.webservice.token_file"),
        ("[site.webservice]\nurl = 'c0ffee'\ntoken = 'c0ffee'\n".to_owned(), "site.webservice.url"),
        (format!("{url}token = 'c0ffee of mine'\n"), "site.webservice.token"),
    ];
    for (toml, key) in cases {
        let problems = problems(&toml);
        assert_eq!(problems.iter().map(|problem| problem.key.as_str()).collect::<Vec<_>>(), [key], "{toml}");
        assert!(!problems[0].to_string().contains("c0ffee"), "{problems:?}");
    }
}
