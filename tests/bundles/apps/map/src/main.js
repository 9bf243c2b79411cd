import { Clerk } from "@clerk/clerk-js";
import mapboxgl from "mapbox-gl";
import * as three from "three";
import { config } from "./config.js";
import { server } from "./server.js";

mapboxgl.accessToken = config.mapboxToken;

// What the parts that are loaded later work with.
globalThis.map = {
  config,
  server,
  three,
  person: new Clerk(config.clerkPublishableKey),
  map: new mapboxgl.Map({ container: "main", style: "mapbox://styles/mapbox/streets-v12" }),
};
