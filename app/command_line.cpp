#include "app/command_line.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <map>
#include <string>

#include "app/commands.hpp"
#include "app/version.hpp"
#include "redirect/redirect.hpp"
#include "storage/migrations.hpp"

extern char** environ;

namespace fairlead::app {

namespace {

// What was typed, before it means anything.
struct Typed {
  std::string config_file;
  std::map<std::string, std::string> flags;  // setting name → value
  bool is_json = false;
  InitRequest init;
  DemoRequest demo;
  KeyRequest key;
  PrivacyRequest privacy;
  ImportRequest import;
  ExportRequest exported;
  RescoreRequest rescore;

  Output output() const { return is_json ? Output::json : Output::text; }
};

// Flags for the named settings, with the help of the settings table; "" adds all of them.
void add_settings(CLI::App* command, Typed& typed, std::initializer_list<std::string_view> names) {
  command
      ->add_option("--config", typed.config_file, "configuration file; ./fairlead.toml if present")
      ->envname("FAIRLEAD_CONFIG");
  for (const Setting& setting : settings()) {
    const bool is_wanted =
        names.size() == 0 || std::find(names.begin(), names.end(), setting.name) != names.end();
    if (!is_wanted) continue;
    std::string flag = "--" + std::string(setting.name);
    std::replace(flag.begin(), flag.end(), '_', '-');
    const std::string name(setting.name);
    command->add_option_function<std::string>(
        flag, [&typed, name](const std::string& value) { typed.flags[name] = value; },
        std::string(setting.help));
  }
}

CLI::App* add_init(CLI::App& program, Typed& typed) {
  CLI::App* command =
      program.add_subcommand("init", "Make a brand with its first admin and shop key, shown once");
  command->add_option("--brand", typed.init.brand, "name of the brand")->required();
  command->add_option("--currency", typed.init.currency, "ISO 4217 code")->capture_default_str();
  command->add_option("--timezone", typed.init.timezone, "IANA time zone of the brand's days")
      ->capture_default_str();
  command->add_option("--domain", typed.init.domains,
                      "a domain where links may lead, such as shop.example.com; may be repeated");
  command->add_flag("--json", typed.is_json, "print one JSON object");
  add_settings(command, typed, {"data", "database"});
  return command;
}

CLI::App* add_demo(CLI::App& program, Typed& typed) {
  CLI::App* command = program.add_subcommand(
      "demo",
      "Fill an empty data directory with three lively sample brands: influencers,\n"
      "campaigns and six months of clicks, codes, orders and refunds");
  command->add_option("--until", typed.demo.until,
                      "the day after the last one, such as 2026-03-01; today if not given");
  command->add_flag("--json", typed.is_json, "print one JSON object");
  add_settings(command, typed, {"data", "database", "public_url", "listen"});
  return command;
}

CLI::App* add_import_links(CLI::App* kinds, Typed& typed) {
  CLI::App* command = kinds->add_subcommand(
      "links",
      "Links from CSV as YOURLS, Shlink, Dub, Bitly and fairlead export it. A row that\n"
      "cannot be taken is named and does not stop the others; importing twice is once");
  command->add_option("file", typed.import.file, "the CSV file")->required();
  command
      ->add_option("--format", typed.import.format,
                   "yourls, shlink, dub, bitly or fairlead; auto looks at the header line")
      ->capture_default_str();
  command->add_option("--deal", typed.import.deal,
                      "the deal the links belong to, deal_…; not needed with fairlead's own");
  command->add_option("--brand", typed.import.brand,
                      "id or name; not needed when there is only one");
  command->add_flag("--dry-run", typed.import.is_dry_run, "check everything and write nothing");
  command->add_flag("--json", typed.is_json, "print one JSON object a row, and one of the sums");
  command
      ->add_flag("--as-request", typed.import.is_request,
                 "only print the body of POST /v1/links/bulk, for a server that is running")
      ->excludes("--dry-run", "--json");
  add_settings(command, typed, {"data", "database", "public_url"});
  return command;
}

CLI::App* add_import_codes(CLI::App* kinds, Typed& typed) {
  CLI::App* command = kinds->add_subcommand(
      "codes",
      "Codes from CSV: all of the file, or nothing when something in it is wrong, which is\n"
      "named by line and column. The server must not be running; it takes the same file\n"
      "at POST /v1/codes/import");
  command->add_option("file", typed.import.file, "the CSV file")->required();
  command->add_option("--deal", typed.import.deal,
                      "the deal of codes whose row names none, deal_…");
  command->add_option("--brand", typed.import.brand,
                      "id or name; not needed when there is only one");
  command->add_flag("--dry-run", typed.import.is_dry_run, "check everything and write nothing");
  command->add_flag("--json", typed.is_json,
                    "print one JSON object a problem, and one of the sums");
  add_settings(command, typed, {"data", "database"});
  return command;
}

CLI::App* add_export(CLI::App& program, Typed& typed) {
  CLI::App* kinds = program.add_subcommand("export", "Write what is stored as CSV");
  kinds->require_subcommand(1);
  CLI::App* command =
      kinds->add_subcommand("links", "A brand's links, as CSV that import reads back");
  command->add_option("file", typed.exported.file, "where to; standard output if not given");
  command->add_option("--brand", typed.exported.brand,
                      "id or name; not needed when there is only one");
  add_settings(command, typed, {"data", "database", "public_url"});
  return command;
}

CLI::App* add_rescore(CLI::App& program, Typed& typed) {
  CLI::App* command = program.add_subcommand(
      "rescore",
      "Judge stored clicks again under the present rules and say what changed for\n"
      "each link; the server must not be running");
  command
      ->add_option("--since", typed.rescore.since,
                   "from this day (UTC) or instant on, such as 2026-03-01")
      ->required();
  command->add_flag("--dry-run", typed.rescore.is_dry_run, "only say what would change");
  command->add_flag("--json", typed.is_json, "print one JSON object");
  add_settings(command, typed, {"data", "database", "duplicate_window_s", "datacenter_verdict"});
  return command;
}

struct PrivacyCommands {
  CLI::App* export_person;
  CLI::App* erase;
};

PrivacyCommands add_privacy(CLI::App& program, Typed& typed) {
  CLI::App* privacy =
      program.add_subcommand("privacy", "Export or erase what is kept of one person");
  privacy->require_subcommand(1);
  PrivacyCommands commands{
      privacy->add_subcommand("export", "Print everything about a customer or influencer as JSON"),
      privacy->add_subcommand("erase",
                              "Forget a customer or influencer; amounts and postings stay")};
  commands.erase->add_flag("--yes", typed.privacy.is_confirmed,
                           "erase; without it the command only says what would be erased");
  for (CLI::App* command : {commands.export_person, commands.erase}) {
    command->add_option("--customer", typed.privacy.customer,
                        "the shop's key of a customer, an e-mail address or its SHA-256");
    command->add_option("--influencer", typed.privacy.influencer, "id of an influencer, inf_…");
    command->add_option("--brand", typed.privacy.brand,
                        "id or name; not needed when there is only one");
    add_settings(command, typed, {"data", "database"});
  }
  return commands;
}

struct KeyCommands {
  CLI::App* create;
  CLI::App* list;
  CLI::App* revoke;
  CLI::App* consent;
};

KeyCommands add_key(CLI::App& program, Typed& typed) {
  CLI::App* key = program.add_subcommand("key", "Make, list or revoke API keys");
  key->require_subcommand(1);
  KeyCommands commands{key->add_subcommand("create", "Make a key; it is shown once"),
                       key->add_subcommand("list", "List a brand's keys, without their secrets"),
                       key->add_subcommand("revoke", "Revoke a key"),
                       key->add_subcommand("consent",
                                           "Print the key that signs a shopper's consent in\n"
                                           "links; the brand's consent platform needs it")};
  commands.create
      ->add_option("--role", typed.key.role, "admin, viewer, shop, influencer or browser")
      ->required();
  commands.create->add_option("--influencer", typed.key.influencer,
                              "whose rows a key of role influencer sees, inf_…");
  commands.create->add_option("--origin", typed.key.origins,
                              "a page's origin that a key of role browser may be used from,\n"
                              "such as https://shop.example; may be given 20 times");
  commands.create->add_option("--note", typed.key.note, "what the key is for");
  commands.revoke->add_option("key", typed.key.key, "id of the key, key_…")->required();
  for (CLI::App* command : {commands.create, commands.list, commands.revoke, commands.consent}) {
    command->add_option("--brand", typed.key.brand,
                        "id or name; not needed when there is only one");
    add_settings(command, typed, {"data", "database"});
  }
  for (CLI::App* command : {commands.create, commands.list, commands.consent})
    command->add_flag("--json", typed.is_json, "print JSON");
  return commands;
}

int print_version() {
  std::cout << "fairlead " << version << " (schema "
            << storage::migrations(storage::Schema::main).size() << ", clicks "
            << storage::migrations(storage::Schema::clicks).size() << ", rules "
            << redirect::rules_text() << ")\n";
  return 0;
}

std::vector<std::string> environment() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable)
    variables.emplace_back(*variable);
  return variables;
}

}  // namespace

int run_command_line(int argc, char** argv) {
  CLI::App program(
      "fairlead: affiliate tracking and link redirects. A click that was answered is\n"
      "never lost; a code never exceeds its limit; every cent can be explained.",
      "fairlead");
  program.require_subcommand(1);
  Typed typed;
  CLI::App* serve_command = program.add_subcommand("serve", "Serve redirects and the API");
  add_settings(serve_command, typed, {});
  CLI::App* init_command = add_init(program, typed);
  CLI::App* demo_command = add_demo(program, typed);
  const KeyCommands key = add_key(program, typed);
  const PrivacyCommands privacy = add_privacy(program, typed);
  CLI::App* imports = program.add_subcommand("import", "Take over what another system exported");
  imports->require_subcommand(1);
  CLI::App* import_links_command = add_import_links(imports, typed);
  CLI::App* import_codes_command = add_import_codes(imports, typed);
  CLI::App* export_command = add_export(program, typed);
  CLI::App* rescore_command = add_rescore(program, typed);
  CLI::App* verify_command = program.add_subcommand(
      "verify",
      "Recompute every rollup, credit, posting and balance from the raw facts;\n"
      "exit 0 only if all agree");
  verify_command->add_flag("--json", typed.is_json, "print one JSON object");
  add_settings(verify_command, typed, {"data", "database"});
  CLI::App* migrate_command =
      program.add_subcommand("migrate", "Bring the databases up to this version");
  add_settings(migrate_command, typed, {"data", "database"});
  CLI::App* version_command = program.add_subcommand("version", "Print the version");

  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  }
  if (version_command->parsed()) return print_version();
  auto config = load_config(typed.config_file, environment(), typed.flags);
  if (!config) return report_failure("configuration", config.error());
  typed.init.output = typed.demo.output = typed.key.output = typed.output();
  typed.import.output = typed.output();
  typed.rescore.output = typed.output();

  if (serve_command->parsed()) return serve(*config);
  if (init_command->parsed()) return init(*config, typed.init);
  if (demo_command->parsed()) return demo(*config, typed.demo);
  if (key.create->parsed()) return create_key(*config, typed.key);
  if (key.list->parsed()) return list_keys(*config, typed.key);
  if (key.revoke->parsed()) return revoke_key(*config, typed.key);
  if (key.consent->parsed()) return print_consent_key(*config, typed.key);
  if (import_codes_command->parsed()) return import_codes(*config, typed.import);
  if (import_links_command->parsed())
    return typed.import.is_request ? print_links(*config, typed.import)
                                   : import_links(*config, typed.import);
  if (export_command->parsed()) return export_links(*config, typed.exported);
  if (privacy.export_person->parsed()) return export_person(*config, typed.privacy);
  if (privacy.erase->parsed()) return erase_person(*config, typed.privacy);
  if (rescore_command->parsed()) return rescore(*config, typed.rescore);
  if (migrate_command->parsed()) return migrate(*config);
  return verify(*config, verify_command->parsed() ? typed.output() : Output::text);
}

int report_failure(std::string_view what, const core::Error& error) {
  std::cerr << "fairlead: " << what << ": " << error.detail << "\n";
  return error.code == core::Errc::config ? 2 : 1;
}

}  // namespace fairlead::app
