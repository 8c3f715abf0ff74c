// Compiled by a test, never run: the frameworks' own types accept the adapters, and what the adapters give.
import { createServer } from 'node:http';
import type { X509Certificate } from 'node:crypto';
import { integrate, listen, type IisUser } from '@poolhouse/integration';
import { expressIntegration } from '@poolhouse/integration/express';
import { fastifyIntegration } from '@poolhouse/integration/fastify';
import { fetchHandler } from '@poolhouse/integration/fetch';
import { honoIntegration } from '@poolhouse/integration/hono';
import { koaIntegration } from '@poolhouse/integration/koa';
import { serve, type HttpBindings } from '@hono/node-server';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';

const onStopped = async (): Promise<void> => {};

// node:http
const server = integrate(createServer(), { onStopped, log: (message: string) => message.length });
server.on('stopping', () => {});
listen(server).close();
listen(
  (request, response) => {
    const pathBase: string | undefined = request.pathBase;
    const user: IisUser | null | undefined = request.iisUser;
    const certificate: X509Certificate | null | undefined = request.clientCertificate;
    response.end([pathBase, user?.name, certificate?.subject].join());
  },
  { port: 3000, host: '127.0.0.1', onStopped },
);

// Express
const app = expressIntegration(express(), { onStopped });
app.get('/', (request, response) => void response.json({ base: request.pathBase, user: request.iisUser?.groups }));
app.listen(3000).on('stopping', () => {});

// Fastify
const fastify = Fastify({ logger: true });
await fastify.register(fastifyIntegration, { onStopped });
fastify.get('/', (request) => ({ base: request.raw.pathBase }));
await fastify.listen({ port: 3000 });

// Koa
const koa = koaIntegration(new Koa(), { onStopped });
koa.use((context) => void (context.body = context.req.pathBase));
koa.listen(3000).on('stopping', () => {});

// Hono
const hono = new Hono<{ Bindings: HttpBindings }>();
hono.get('/', (context) => context.text(context.env.incoming.pathBase ?? ''));
serve(honoIntegration(hono, { port: 3000 }, { onStopped }), (address) => address.port).on('stopping', () => {});

// fetch
listen(fetchHandler((request, { incoming }) => new Response(request.url + incoming.pathBase)));
listen(fetchHandler({ fetch: async () => new Response() }));
