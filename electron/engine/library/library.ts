/**
 * A library: a folder with `photolex.db`, thumbnails and trained models. Opening it gives the
 * repositories, one per subject; only the engine's own process writes, worker processes open it read-only.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isInUse, openDatabase, type SqliteDatabase } from '../../../native/database.ts';
import type { Thumbnail } from '../../../native/image.ts';
import { PhotolexError } from '../contract.ts';
import { EditRepository } from './edits.ts';
import { FactRepository } from './facts.ts';
import { FeatureRepository } from './features.ts';
import { GroupRepository } from './groups.ts';
import { HierarchyRepository } from './hierarchies.ts';
import { ImportRepository } from './imports.ts';
import { JobRepository } from './jobs.ts';
import { migrateLibrary } from './migrations/index.ts';
import { ModelRepository } from './models.ts';
import { PhotoRepository, type StoredPhoto } from './photos.ts';
import { PresenceRepository } from './presence.ts';
import { ReportRepository } from './reports.ts';
import { TextRepository } from './texts.ts';
import { VectorRepository } from './vectors.ts';
import { WordRuleRepository } from './wordRules.ts';

export interface LibraryOptions {
  /** Opens without writing, as worker processes do; the library must exist. */
  readonly?: boolean;
  /** Makes the library if there is none. */
  create?: boolean;
  /** Told of slow statements. */
  onSlow?: (milliseconds: number, label: string) => void;
}

export class Library {
  readonly path: string;
  readonly database: SqliteDatabase;
  readonly photos: PhotoRepository;
  readonly presence: PresenceRepository;
  readonly imports: ImportRepository;
  readonly groups: GroupRepository;
  readonly texts: TextRepository;
  readonly features: FeatureRepository;
  readonly models: ModelRepository;
  readonly vectors: VectorRepository;
  readonly jobs: JobRepository;
  readonly reports: ReportRepository;
  readonly wordRules: WordRuleRepository;
  readonly facts: FactRepository;
  readonly hierarchies: HierarchyRepository;
  readonly edits: EditRepository;

  private constructor(path: string, database: SqliteDatabase) {
    this.path = path;
    this.database = database;
    this.photos = new PhotoRepository(database);
    this.presence = new PresenceRepository(database);
    this.imports = new ImportRepository(database);
    this.groups = new GroupRepository(database);
    this.texts = new TextRepository(database);
    this.features = new FeatureRepository(database);
    this.models = new ModelRepository(database);
    this.vectors = new VectorRepository(database);
    this.jobs = new JobRepository(database);
    this.reports = new ReportRepository(database);
    this.wordRules = new WordRuleRepository(database);
    this.facts = new FactRepository(database);
    this.hierarchies = new HierarchyRepository(database);
    this.edits = new EditRepository(database);
  }

  /**
   * Opens the library in folder `path`.
   * @throws {PhotolexError} `no-library` if there is none and `create` is not set, `library-newer` if a newer
   *   program made it, `library-in-use` if another program keeps it to itself, `library-damaged` if its database cannot be read.
   */
  static open(path: string, options: LibraryOptions = {}): Library {
    const folder = resolve(path);
    const file = join(folder, 'photolex.db');
    if (!existsSync(file)) {
      if (!options.create) {
        throw new PhotolexError(
          'no-library',
          `There is no Photolex library in ${folder}. Import a folder of photos into it first.`,
        );
      }
      mkdirSync(folder, { recursive: true });
    }
    let database: SqliteDatabase;
    try {
      database = openDatabase(file, {
        readonly: options.readonly ?? false,
        ...(options.onSlow ? { onSlow: options.onSlow } : {}),
      });
    } catch (error) {
      if (isInUse(error)) throw inUse(file, error);
      throw new PhotolexError(
        'library-damaged',
        `The database ${file} cannot be opened (${(error as Error).message}). Restore it from a backup, or import the photos into a new library.`,
        { cause: error },
      );
    }
    try {
      if (!options.readonly) migrateLibrary(database, folder);
    } catch (error) {
      database.close();
      throw isInUse(error) ? inUse(file, error) : error;
    }
    return new Library(folder, database);
  }

  /** What the user calls it: the folder's name. */
  get name(): string {
    return basename(this.path);
  }

  /** Size of the database on disk with its log, in bytes. */
  get databaseBytes(): number {
    let bytes = 0;
    for (const suffix of ['', '-wal']) {
      const file = join(this.path, `photolex.db${suffix}`);
      if (existsSync(file)) bytes += statSync(file).size;
    }
    return bytes;
  }

  /**
   * Absolute path of a photo's thumbnail, which is its training image too. Files are spread over 256 folders by hash, so that
   * no folder grows past what file managers can take.
   */
  thumbnailPath(hash: string): string {
    return join(this.path, 'thumbnails', hash.slice(0, 2), `${hash}.jpg`);
  }

  /** Hashes of the photos that have a thumbnail. @throws {Error} if their folder is there and cannot be read */
  async thumbnailHashes(): Promise<Set<string>> {
    const folder = join(this.path, 'thumbnails');
    const files = existsSync(folder) ? await readdir(folder, { recursive: true }) : [];
    return new Set(files.map((file) => basename(file, '.jpg')));
  }

  /** A photo's thumbnail as networks see it. */
  thumbnail({ hash, closer }: Pick<StoredPhoto, 'hash' | 'closer'>): Thumbnail {
    return { path: this.thumbnailPath(hash), closer: closer === 1 };
  }

  /** Folder of a model's files. */
  modelPath(id: string): string {
    return join(this.path, 'models', id);
  }

  /** Folder where a training keeps its checkpoint until it is done. */
  get checkpointPath(): string {
    return join(this.path, 'models', '.training');
  }

  /** Runs `work` in one transaction: all of it is committed or nothing. */
  transaction<T>(work: () => T): T {
    return this.database.transaction(work).immediate();
  }

  close(): void {
    this.database.close();
  }
}

function inUse(file: string, cause: unknown): PhotolexError {
  return new PhotolexError(
    'library-in-use',
    `The database ${file} is in use by another program. Close that program, or wait for it, then try again.`,
    { cause },
  );
}
