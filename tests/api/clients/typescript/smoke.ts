// Tests the generated client with the running gateway at AI_NOW_GATEWAY, with the key AI_NOW_KEY.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { env: Record<string, string>; exit(code: number): never };

function check(condition: unknown, what: string): asserts condition {
  if (!condition) {
    console.error(`the TypeScript client: ${what}`);
    process.exit(1);
  }
}

const client = createClient<paths>({
  baseUrl: process.env.AI_NOW_GATEWAY,
  headers: { Authorization: `Bearer ${process.env.AI_NOW_KEY}` },
});

const { data: catalog } = await client.GET("/api/catalog");
check(catalog?.models.some((model) => model.id === "suno"), "the catalog has no suno");

const body: components["schemas"]["GenerateRequest"] = {
  model: "suno",
  prompt: "a song, 5 seconds",
  options: { instrumental: true },
};
const { data: accepted, response } = await client.POST("/api/generations", { body });
check(accepted && response.status === 201, `a generation was answered with ${response.status}`);
check(accepted.balance.held >= accepted.price, "nothing is held");

const { data: generation } = await client.GET("/api/generations/{id}", {
  params: { path: { id: accepted.id } },
});
check(generation?.prompt === body.prompt, "the generation is another one");

const { error } = await client.GET("/api/generations/{id}", {
  params: { path: { id: "a".repeat(26) } },
});
check(error?.code === "no_such_generation", `an unknown one is ${JSON.stringify(error)}`);
