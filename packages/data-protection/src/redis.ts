export {
  RedisXmlRepository,
  type IoRedisClient,
  type NodeRedisClient,
  type RedisOptions,
} from './repositories/redis-xml-repository.ts';
