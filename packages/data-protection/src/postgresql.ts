export {
  PostgreSqlXmlRepository,
  type PostgreSqlClient,
  type PostgreSqlOptions,
} from './repositories/postgresql-xml-repository.ts';
