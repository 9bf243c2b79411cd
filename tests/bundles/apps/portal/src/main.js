import { createAuth0Client } from "@auth0/auth0-spa-js";
import * as Sentry from "@sentry/browser";
import { loadStripe } from "@stripe/stripe-js";
import { createClient } from "@supabase/supabase-js";
import { algoliasearch } from "algoliasearch";
import axios from "axios";
import { initializeApp } from "firebase/app";
import { getAuth } from "firebase/auth";
import { getFirestore } from "firebase/firestore";
import { getFunctions } from "firebase/functions";
import { getMessaging } from "firebase/messaging";
import { getStorage } from "firebase/storage";
import posthog from "posthog-js";
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { config } from "./config.js";
import { hints } from "./hints.js";
import { server } from "./server.js";

Sentry.init({ dsn: config.sentryDsn, environment: "production" });
posthog.init(config.posthogKey, { api_host: "https://eu.i.posthog.com" });
const firebase = initializeApp(config.firebase);

// What the parts that are loaded later work with.
globalThis.portal = {
  config,
  hints,
  server,
  auth: getAuth(firebase),
  store: getFirestore(firebase),
  functions: getFunctions(firebase),
  messages: getMessaging(firebase),
  files: getStorage(firebase),
  database: createClient(config.supabase.url, config.supabase.anonKey),
  search: algoliasearch(config.algolia.appId, config.algolia.searchKey),
  payments: loadStripe(config.stripePublishableKey),
  login: createAuth0Client(config.auth0),
  api: axios.create({ baseURL: "/api" }),
};
createRoot(document.getElementById("main")).render(createElement("h1", null, "Client portal"));
