"use client";

import { createClient } from "@supabase/supabase-js";
import Link from "next/link";
import { useState } from "react";
import { config } from "./config.js";
import { server } from "./server.js";

export default function Page() {
  const [count, setCount] = useState(0);
  const database = createClient(config.supabaseUrl, config.supabaseAnonKey);
  return (
    <main>
      <button onClick={() => database.from("records").select().then(() => setCount(count + 1))}>
        {count} of {Object.keys(server).length}
      </button>
      <Link href="/">Home</Link>
    </main>
  );
}
