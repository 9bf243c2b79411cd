// The YAML language server as an editor runs it: a process of its own, spoken to over its standard streams.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  CompletionRequest,
  DidOpenTextDocumentNotification,
  ExitNotification,
  InitializeRequest,
  InitializedNotification,
  PublishDiagnosticsNotification,
  ConfigurationRequest,
  RegistrationRequest,
  ShutdownRequest,
  StreamMessageReader,
  StreamMessageWriter,
  createProtocolConnection,
} from "vscode-languageserver-protocol/node.js";

const program = join(
  dirname(createRequire(import.meta.url).resolve("yaml-language-server/package.json")),
  "bin",
  "yaml-language-server",
);

// The schema store is a web site; the schema is named in the file itself, as users do it.
const settings = {
  yaml: { schemaStore: { enable: false }, validate: true, completion: true, hover: true },
  http: {},
};

export class LanguageServer {
  #process;
  #connection;
  #diagnostics = new Map();
  #waiting = new Map();

  static async start() {
    const server = new LanguageServer();
    server.#process = spawn(process.execPath, [program, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
    server.#connection = createProtocolConnection(
      new StreamMessageReader(server.#process.stdout),
      new StreamMessageWriter(server.#process.stdin),
    );
    server.#listen();
    await server.#connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: null,
      capabilities: {
        workspace: { configuration: true },
        textDocument: {
          completion: { completionItem: { documentationFormat: ["plaintext"] } },
          publishDiagnostics: {},
        },
      },
    });
    await server.#connection.sendNotification(InitializedNotification.type, {});
    return server;
  }

  #listen() {
    this.#connection.onRequest(ConfigurationRequest.type, ({ items }) =>
      items.map(({ section }) => settings[section] ?? null),
    );
    this.#connection.onRequest(RegistrationRequest.type, () => {});
    this.#connection.onNotification(PublishDiagnosticsNotification.type, ({ uri, diagnostics }) => {
      this.#diagnostics.set(uri, diagnostics);
      this.#waiting.get(uri)?.(diagnostics);
      this.#waiting.delete(uri);
    });
    this.#connection.listen();
  }

  // Opens a text under a path (which need not exist) and gives what the server says of it.
  async open(path, text) {
    const uri = pathToFileURL(path).href;
    const published = new Promise((resolve) => this.#waiting.set(uri, resolve));
    await this.#connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId: "yaml", version: 1, text },
    });
    return published;
  }

  // The labels that are offered at a position (both counted from 0).
  async complete(path, line, character) {
    const answer = await this.#connection.sendRequest(CompletionRequest.type, {
      textDocument: { uri: pathToFileURL(path).href },
      position: { line, character },
    });
    const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
    return items.map((item) => item.label);
  }

  async stop() {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    await this.#connection.sendRequest(ShutdownRequest.type);
    await this.#connection.sendNotification(ExitNotification.type);
    this.#connection.end();
    await ended;
    this.#connection.dispose();
  }
}
