import { packFolder, type Publication } from './pack.js';
import type { ScormVersion } from './scorm-version.js';
import { bytesOf, textOf, type Files, type Site } from './site.js';

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** What differs between the two: ADL's names for the same things. */
const dialects = {
  '1.2': {
    version: '1.2',
    spaces: ['xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"', 'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"'],
    kind: 'adlcp:scormtype="sco"',
    sequencing: '',
  },
  '2004': {
    version: '2004 3rd Edition',
    spaces: [
      'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"',
      'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"',
      'xmlns:imsss="http://www.imsglobal.org/xsd/imsss"',
    ],
    kind: 'adlcp:scormType="sco"',
    // The page itself says when it is completed; else a platform takes it for completed once it was opened.
    sequencing: `
        <imsss:sequencing>
          <imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true" />
        </imsss:sequencing>`,
  },
} as const;

/** imsmanifest.xml: one organization with one item, which is the page. */
export function manifestOf(version: ScormVersion, { title, config }: Publication, paths: readonly string[]): string {
  const dialect = dialects[version];
  const name = new URLSearchParams(config.state).get('lesson') ?? config.station;
  const files = paths.map((path) => `      <file href="${xml(path)}" />`).join('\n');
  return `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="cnnlab-${xml(name)}" version="1" ${dialect.spaces.join(' ')}>
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>${dialect.version}</schemaversion>
  </metadata>
  <organizations default="cnnlab">
    <organization identifier="cnnlab">
      <title>${xml(title)}</title>
      <item identifier="item" identifierref="page">
        <title>${xml(title)}</title>${dialect.sequencing}
      </item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="page" type="webcontent" ${dialect.kind} href="index.html">
${files}
    </resource>
  </resources>
</manifest>
`;
}

/** The files of a package for a learning platform, to be zipped. Its page reports to the platform: embed/scorm.ts. */
export async function packScorm(site: Site, publication: Publication, version: ScormVersion): Promise<Files> {
  const listed = JSON.parse(textOf(await site('engine/modules.json'))) as string[];
  // Platforms do not send what threads need.
  const modules = listed.filter((name) => !name.includes('threads'));
  const files = await packFolder(site, publication, { modules, whole: false });
  files.set('imsmanifest.xml', bytesOf(manifestOf(version, publication, [...files.keys()].sort())));
  return files;
}
